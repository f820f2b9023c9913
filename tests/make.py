"""Rows for tests, with defaults; the fixed cast is Ana the artist, Finn the fan, Max the stranger, Sol of the staff."""

from io import BytesIO
from itertools import count
from typing import Any

from django.utils import timezone

from accounts.models import Artist, User
from audio.models import SAMPLE_RATE, Casset, CassetStatus, Rendition, Track, TrackStatus
from audio.services import cassets, files
from audio.stream_token import Scope

PASSWORD = "correct-horse-9"
_numbers = count(1)


def user(handle: str = "", **fields: Any) -> User:
    handle = handle or f"user{next(_numbers)}"
    fields.setdefault("email", f"{handle}@example.com")
    return User.objects.create_user(handle=handle, password=PASSWORD, **fields)


def artist(handle: str = "ana", *, owner: User | None = None, **fields: Any) -> Artist:
    fields.setdefault("name", handle.title())
    return Artist.objects.create(user=owner or user(handle), handle=handle, **fields)


def casset(
    owner: Artist | None = None,
    title: str = "Side A",
    *,
    published: bool = False,
    tracks: int = 0,
    **fields: Any,
) -> Casset:
    row = Casset.objects.create(
        artist=owner or artist(),
        title=title,
        slug=fields.pop("slug", None) or title.lower().replace(" ", "-"),
        **fields,
    )
    for _ in range(max(tracks, 1 if published else 0)):
        track(row)
    if published:
        Casset.objects.filter(pk=row.pk).update(status=CassetStatus.PUBLISHED, published_at=timezone.now())
    row.refresh_from_db()
    return row


def track(
    owner: Casset | None = None, title: str = "", *, seconds: int = 60, ready: bool = True, **fields: Any
) -> Track:
    """A track whose renditions are rows over tiny files: enough for pages and tokens, not for decoding."""
    number = next(_numbers)
    owner = owner or casset()
    title = title or f"Track {number}"
    fields.setdefault("slug", title.lower().replace(" ", "-"))
    fields.setdefault("position", owner.tracks.count())
    samples = seconds * SAMPLE_RATE if ready else 0
    row = Track.objects.create(
        casset=owner,
        title=title,
        duration_samples=samples,
        peaks=bytes(range(200)) * 4,
        **fields,
    )
    if ready:
        row.stream = rendition(row, Scope.FULL, samples, f"full {number}")
        row.preview = rendition(row, Scope.PREVIEW, min(samples, 30 * SAMPLE_RATE), f"preview {number}")
        row.status = TrackStatus.READY
        row.save(update_fields=["stream", "preview", "status"])
        cassets.refresh_totals(owner.pk)
    return row


def rendition(owner: Track, scope: Scope, samples: int, words: str) -> Rendition:
    data = (words.encode() + b".") * 5000
    sha256 = files.put_rendition(BytesIO(data))
    return Rendition.objects.create(
        track=owner, scope=scope, sha256=sha256, size=len(data), length_samples=samples
    )
