"""Tracks of a casset: adding, editing, ordering, removing, and moving the preview window."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from audio.models import LONGEST_PREVIEW_MS, Casset, Rendition, Track, UploadStatus
from audio.services import cassets, files, names, previews, renditions

SHORTEST_PREVIEW_MS = 5_000
# How long an ordered ingest may wait in a queue before it is ordered again.
ORDER_LEASE = timedelta(minutes=10)


class TrackError(Exception):
    """What the artist asked for cannot be done; the message says why, in their words."""


def next_position(casset: Casset) -> int:
    """Behind the casset's tracks and the uploads that will become some. Needs a lock that is held by all who ask."""
    tracks = casset.tracks.aggregate(last=Max("position"))["last"]
    coming = casset.uploads.filter(status=UploadStatus.OPEN).aggregate(last=Max("position"))["last"]
    return max(-1 if last is None else last for last in (tracks, coming)) + 1


def add(*, casset: Casset, filename: str, size: int, position: int | None = None) -> Track:
    """A new track, last unless it has a place, waiting to be processed. Needs a transaction: it locks the casset."""
    Casset.objects.locked().get(pk=casset.pk)
    title = names.title_from(filename)
    slug = names.free(names.slug(title, fallback="track"), set(casset.tracks.values_list("slug", flat=True)))
    return Track.objects.create(
        casset=casset,
        position=next_position(casset) if position is None else position,
        title=title,
        slug=slug,
        original_name=filename,
        original_bytes=size,
        lease_until=timezone.now() + ORDER_LEASE,
    )


def edit(*, track: Track, title: str, lyrics: str, credit: str, isrc: str, premium_only: bool) -> Track:
    """Change a track's words. Its address follows the title until the casset was first published."""
    with transaction.atomic(durable=True):
        Casset.objects.locked().get(pk=track.casset_id)
        if track.casset.published_at is None and title != track.title:
            taken = set(track.casset.tracks.exclude(pk=track.pk).values_list("slug", flat=True))
            track.slug = names.free(names.slug(title, fallback="track"), taken)
        track.title, track.lyrics, track.credits = title, lyrics, credit
        track.isrc, track.premium_only = isrc, premium_only
        track.save(update_fields=["title", "slug", "lyrics", "credits", "isrc", "premium_only", "updated_at"])
    return track


def move(*, track: Track, position: int) -> None:
    """Put a track at a place (0 is first) and number the casset's tracks anew."""
    with transaction.atomic(durable=True):
        Casset.objects.locked().get(pk=track.casset_id)
        others = list(Track.objects.filter(casset_id=track.casset_id).exclude(pk=track.pk).in_order())
        others.insert(max(0, min(position, len(others))), track)
        for index, row in enumerate(others):
            row.position = index
        Track.objects.bulk_update(others, ["position"])


def set_preview(*, track: Track, start_ms: int, length_ms: int) -> Track:
    """Move the preview window: a new slice of the same audio, cut now; old preview links end at once.

    Raises TrackError if the track is not ready or the window does not lie inside it.
    """
    if not track.is_ready or track.stream is None:
        raise TrackError("The preview can be chosen once the track is ready.")
    _check_window(track, start_ms, length_ms)
    cut = previews.cut(track.stream, start_ms=start_ms, length_ms=length_ms)
    with transaction.atomic(durable=True):
        locked = Track.objects.locked().get(pk=track.pk)
        old = locked.preview_id
        locked.preview = previews.save(locked, cut)
        locked.preview_start_ms, locked.preview_length_ms = start_ms, length_ms
        locked.save(update_fields=["preview", "preview_start_ms", "preview_length_ms", "updated_at"])
        if old is not None and old != locked.preview_id:
            renditions.withdraw(Rendition.objects.filter(pk=old))
    return locked


def remove(*, track: Track) -> None:
    """Delete a track and its files. Raises TrackError for the last finished track of a published casset."""
    try:
        with transaction.atomic(durable=True):
            Casset.objects.locked().get(pk=track.casset_id)
            locked = Track.objects.locked().filter(pk=track.pk).first()
            if locked is None:
                return
            renditions.withdraw(Rendition.objects.filter(track=locked))
            locked.delete()
            cassets.refresh_totals(track.casset_id)
    except IntegrityError as error:
        if "casset_published_has_date_and_tracks" not in str(error):
            raise
        raise TrackError("A published casset keeps at least one track. Unpublish it first.") from error
    files.delete_original(locked.original_key)


def _check_window(track: Track, start_ms: int, length_ms: int) -> None:
    shortest = min(SHORTEST_PREVIEW_MS, track.duration_ms)
    if not shortest <= length_ms <= LONGEST_PREVIEW_MS:
        raise TrackError("A preview lasts between 5 and 90 seconds.")
    if start_ms < 0 or start_ms + length_ms > track.duration_ms:
        raise TrackError("The preview has to lie inside the track.")
