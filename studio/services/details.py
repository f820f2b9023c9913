"""A casset's words and its cover, saved together."""

from collections.abc import Iterable
from typing import BinaryIO

from django.db import transaction

from audio.models import Casset
from audio.services import cassets


def save(*, casset: Casset, title: str, notes: str, tags: Iterable[str], cover: BinaryIO | None) -> None:
    """All or nothing. Raises pictures.PictureRejected or cassets.CassetError; then `casset` is read afresh."""
    picture = cassets.store_cover(cover) if cover is not None else None
    try:
        with transaction.atomic():
            if picture is not None:
                cassets.set_cover(casset=casset, picture=picture)
            cassets.edit(casset=casset, title=title, notes=notes, tags=tags)
    except Exception:
        casset.refresh_from_db()
        raise
