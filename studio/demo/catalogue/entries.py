"""What a catalogue is made of: artists, their cassets, their tracks. Plain data; seeds come from the names."""

from dataclasses import dataclass
from zlib import crc32

from studio.demo.covers import Palette


@dataclass(frozen=True)
class TrackEntry:
    """A track to be composed. `style` overrides its casset's; `seconds` is the length asked of the composer."""

    title: str
    style: str = ""
    lyrics: str = ""
    premium_only: bool = False
    seconds: int = 0


@dataclass(frozen=True)
class CassetEntry:
    """A release, published `days_ago`; 0 leaves it a draft. `night` inverts its cover."""

    title: str
    style: str
    days_ago: int
    tags: tuple[str, ...]
    notes: str
    tracks: tuple[TrackEntry, ...]
    night: bool = False


@dataclass(frozen=True)
class ArtistEntry:
    """An artist with one hand: `system` and `palette` draw every cover. `credit` is said of every track."""

    handle: str
    name: str
    location: str
    bio: str
    accent: str
    credit: str
    system: str
    palette: Palette
    cassets: tuple[CassetEntry, ...]

    @property
    def email(self) -> str:
        return f"{self.handle}@example.com"


def seed_of(artist: ArtistEntry, casset: CassetEntry, track: TrackEntry) -> int:
    return crc32(f"{artist.handle}/{casset.title}/{track.title}".encode())


def seconds_of(artist: ArtistEntry, casset: CassetEntry, track: TrackEntry) -> int:
    """Between 42 and 60 seconds unless the track says more: enough for a form, short enough to make dozens."""
    return track.seconds or 42 + seed_of(artist, casset, track) % 19


def songs(*titles: str) -> tuple[TrackEntry, ...]:
    """Tracks that need no more than a title."""
    return tuple(TrackEntry(title) for title in titles)
