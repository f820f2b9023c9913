"""Ending what is streamed: withdrawn renditions are refused at once, everywhere."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from audio import revocation
from audio.models import Casset, Rendition, Track


def withdraw(rows: QuerySet[Rendition]) -> None:
    """End every address of these renditions, in the caller's transaction; the files are collected later."""
    rows.filter(withdrawn_at=None).update(withdrawn_at=timezone.now())
    transaction.on_commit(revocation.announce, robust=True)


def renew(casset: Casset) -> None:
    """End every address of a casset's tracks; they go on, for whoever may still hear them, under new ones.

    Needs the casset's lock.
    """
    for track in Track.objects.ready().filter(casset=casset).select_related("stream", "preview"):
        assert track.stream is not None
        assert track.preview is not None
        withdraw(Rendition.objects.filter(pk__in=[track.stream_id, track.preview_id]))
        track.stream, track.preview = _copy(track.stream), _copy(track.preview)
        track.save(update_fields=["stream", "preview"])


def _copy(row: Rendition) -> Rendition:
    """The same file under a new id."""
    row.pk, row.withdrawn_at = None, None
    row._state.adding = True
    row.save()
    return row
