"""What the studio's pages show, read with a constant number of queries."""

import zlib
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from accounts.models import Artist, User
from audio.models import Casset, Track, TrackStatus, Upload, UploadStatus
from audio.services import cassets

PENDING = (TrackStatus.UPLOADED, TrackStatus.PROCESSING)


def shelf(artist: Artist) -> QuerySet[Casset]:
    """The artist's cassets, the one last worked on first, each with `plays`, `pending` and `rejected` tracks."""
    return (
        Casset.objects.filter(artist=artist)
        .select_related("artist")
        .annotate(
            plays=Coalesce(Sum("tracks__play_count"), 0),
            pending=Count("tracks", filter=Q(tracks__status__in=PENDING)),
            rejected=Count("tracks", filter=Q(tracks__status=TrackStatus.REJECTED)),
        )
        .order_by("-updated_at", "-pk")
    )


def uploads_of(user: User) -> QuerySet[Upload]:
    return Upload.objects.filter(casset__artist__user=user).select_related("casset__artist")


@dataclass(frozen=True)
class Board:
    """A casset's tracks as they stand now, and the files on their way to become tracks.

    `unfinished` come from the artist's device, `fetches` from a web address.
    """

    tracks: list[Track]
    unfinished: list[Upload]
    fetches: list[Upload]

    @cached_property
    def is_moving(self) -> bool:
        """Whether the server is at work on it, so that a look in a moment will show something new."""
        fetching = any(fetch.status == UploadStatus.OPEN for fetch in self.fetches)
        return fetching or any(track.is_pending for track in self.tracks)

    @cached_property
    def version(self) -> str:
        """Changes whenever the board looks different."""
        tracks = [
            (track.pk, track.title, track.status, track.progress, track.premium_only, track.reject_message)
            for track in self.tracks
        ]
        fetches = [(str(fetch.pk), fetch.status, fetch.error) for fetch in self.fetches]
        return f"{zlib.crc32(repr((tracks, fetches)).encode()):08x}"

    @cached_property
    def obstacle(self) -> str:
        """Why the casset cannot be published yet; "" if nothing stands against it."""
        return cassets.obstacle(track.status for track in self.tracks)

    @cached_property
    def news(self) -> str:
        """One sentence about where things stand, for those who do not see the bars move."""
        if not self.is_moving:
            ready = sum(track.is_ready for track in self.tracks)
            return f"{ready} of {len(self.tracks)} tracks ready." if self.tracks else ""
        return self.obstacle or "A file is being fetched."


def board(casset: Casset) -> Board:
    """Two queries; tracks carry what a playable needs, without the bulky columns."""
    waiting = casset.uploads.exclude(status=UploadStatus.COMPLETE).order_by("created_at")
    uploads = list(waiting)
    return Board(
        tracks=list(casset.tracks.with_casset().in_order()),
        unfinished=[row for row in uploads if not row.source_url and row.status == UploadStatus.OPEN],
        fetches=[row for row in uploads if row.source_url],
    )
