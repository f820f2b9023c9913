"""What the player needs to play a track: a signed address, how long it lasts, and a ticket to report the play."""

import base64
import hashlib
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise
from typing import TypedDict

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.files.storage import default_storage

from accounts.models import User
from audio.models import Casset, Track
from audio.services import access, plays
from audio.services.files import spectrum_key
from audio.stream_token import Claims, Scope, Signer, bucketed_expiry, listener_tag
from casset_site.lib import pictures

PEAKS_OF_A_TRACK, PEAKS_OF_A_CARD = 200, 96


class Cover(TypedDict):
    small: str
    large: str
    color: str


class Playable(TypedDict):
    """One track as the player gets it. Times in ms, except `expires` (unix seconds); `peaks` are base64 bytes."""

    id: int
    title: str
    artist: str
    artist_url: str
    casset: str
    casset_id: int
    casset_url: str
    url_page: str
    cover: Cover
    src: str
    expires: int
    scope: str
    duration_ms: int
    track_ms: int
    offset_ms: int
    peaks: str
    spectrum: str
    ticket: str


@cache
def signer() -> Signer:
    return Signer({1: _key("token")}, current=1)


def listener_number(listener: str) -> int:
    """The 32-bit tag by which a token names the device it was made for."""
    return listener_tag(listener, _key("listener"))


@cache
def _key(purpose: str) -> bytes:
    return hashlib.blake2b(
        settings.SECRET_KEY.encode(), digest_size=32, person=f"casset.{purpose}"[:16].encode()
    ).digest()


def attach(
    tracks: Iterable[Track],
    *,
    user: User | AnonymousUser,
    listener: str,
    now: float,
    peaks: int = PEAKS_OF_A_TRACK,
) -> None:
    """Set `track.playable` on ready tracks that carry their casset and artist; one query at most, for the grants."""
    ready = [track for track in tracks if track.stream_id and track.preview_id]
    rights = access.Listener(user, {track.casset_id for track in ready}) if ready else None
    tag = listener_number(listener)
    for track in ready:
        assert rights is not None
        right = rights.to(track)
        track.playable = playable(track, right, listener=listener, tag=tag, now=now, peaks=peaks)  # type: ignore[attr-defined]


def attach_leads(
    cassets: Sequence[Casset], *, user: User | AnonymousUser, listener: str, now: float
) -> Sequence[Casset]:
    """Set `casset.lead`, its first track made playable or None, on cassets from `queries.cassets_for_cards`."""
    for casset in cassets:
        casset.lead = next(iter(casset.lead_tracks), None)  # type: ignore[attr-defined]
    leads = [casset.lead for casset in cassets if casset.lead]  # type: ignore[attr-defined]
    attach(leads, user=user, listener=listener, now=now, peaks=PEAKS_OF_A_CARD)
    return cassets


def playable(
    track: Track, right: access.Access, *, listener: str, tag: int, now: float, peaks: int
) -> Playable:
    full = right.scope is Scope.FULL
    rendition = track.stream_id if full else track.preview_id
    assert rendition is not None
    expires = bucketed_expiry(now, ttl=settings.STREAM_TOKEN_TTL_S, bucket=settings.STREAM_TOKEN_BUCKET_S)
    token = signer().mint(Claims(right.scope, rendition, expires, tag, right.grant))
    start, length = (0, track.duration_ms) if full else preview_window(track)
    casset, artist = track.casset, track.casset.artist
    return {
        "id": track.pk,
        "title": track.title,
        "artist": artist.name,
        "artist_url": artist.get_absolute_url(),
        "casset": casset.title,
        "casset_id": casset.pk,
        "casset_url": casset.get_absolute_url(),
        "url_page": track.get_absolute_url(),
        "cover": cover(casset),
        "src": f"/a/{rendition}.mp3?t={token}",
        "expires": expires,
        "scope": "full" if full else "preview",
        "duration_ms": length,
        "track_ms": track.duration_ms,
        "offset_ms": start,
        "peaks": base64.b64encode(thin(bytes(track.peaks), peaks)).decode(),
        "spectrum": default_storage.url(spectrum_key(track.spectrum)) if track.spectrum else "",
        "ticket": plays.ticket(track=track.pk, listener=listener, offered_ms=length, full=full),
    }


def preview_window(track: Track) -> tuple[int, int]:
    """Start and length in ms of the preview as it was cut, clamped to the track."""
    length = min(track.preview_length_ms, track.duration_ms)
    return min(track.preview_start_ms, track.duration_ms - length), length


def cover(casset: Casset) -> Cover:
    if not casset.cover:
        return {"small": "", "large": "", "color": casset.cover_color or casset.artist.accent}
    small, large = (pictures.url(casset.cover, "covers", width) for width in (160, 640))
    return {"small": small, "large": large, "color": casset.cover_color}


def thin(peaks: Sequence[int], count: int) -> bytes:
    """The highest of each of `count` equal stretches of `peaks` (bytes 0 to 255)."""
    size = len(peaks)
    if size <= count:
        return bytes(peaks)
    edges = [size * index // count for index in range(count + 1)]
    return bytes(max(peaks[left:right]) for left, right in pairwise(edges))
