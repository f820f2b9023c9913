"""Home, artist and casset page over small and large catalogues: queries (a gate), CPU and weight (printed)."""

import gzip
import http.client
import random
import time
from collections.abc import Iterator

import brotli
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Artist
from audio.models import SAMPLE_RATE, Casset, CassetStatus, Rendition, Track, TrackStatus
from audio.stream_token import Scope
from tests import make
from tests.bench.streaming_servers import Server, casset
from tests.bench.streaming_table import table

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600), pytest.mark.django_db(transaction=True)]

MOST_QUERIES = 12
OPENINGS = 60
TRACKS_EACH = 10
CASSETS_EACH = 10
LARGE = 10_000
HEADS = ("page at tracks", "queries", "CPU ms served", "CPU ms in process", "raw kB", "gzip kB", "brotli kB")


def test_pages() -> None:
    first = catalogue(cassets=1, artist=make.artist("first"))
    pages = {"home": "/", "artist": first.artist.get_absolute_url(), "casset": first.get_absolute_url()}
    with casset(connection.settings_dict["NAME"], settings.DATA_DIR) as site:
        small = {name: Page(path, site) for name, path in pages.items()}
        for number in range(LARGE // TRACKS_EACH // CASSETS_EACH):
            catalogue(cassets=CASSETS_EACH, artist=make.artist(f"artist{number}"))
        assert Track.objects.count() >= LARGE
        large = {name: Page(path, site) for name, path in pages.items()}
    rows = [
        [f"{name} at {count:,}", *page.figures]
        for name in pages
        for count, page in ((TRACKS_EACH, small[name]), (LARGE, large[name]))
    ]
    table(f"Pages for a visitor, means of {OPENINGS} openings (goal: 12 ms of CPU served)", HEADS, rows)
    for name in pages:
        assert small[name].queries == large[name].queries <= MOST_QUERIES, name


class Page:
    """One page, opened many times through the real server and in this process."""

    def __init__(self, path: str, site: Server) -> None:
        client = Client()
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            body = client.get(path).content
        self.queries = len(captured)
        served, here = cpu_served(site, path), cpu_here(client, path)
        weights = (len(body), len(gzip.compress(body, 6)), len(brotli.compress(body, quality=5)))
        self.figures = (
            self.queries,
            f"{served:.1f}",
            f"{here:.1f}",
            *(f"{weight / 1000:.1f}" for weight in weights),
        )


def cpu_served(site: Server, path: str) -> float:
    """Milliseconds of the server's CPU for one opening, compression included."""
    visitor = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
    for number in range(OPENINGS + 5):
        if number == 5:
            before = site.cpu_s()
        visitor.request("GET", path, headers={"Accept-Encoding": "gzip", "Cookie": f"listener={'5' * 32}"})
        answer = visitor.getresponse()
        answer.read()
        assert answer.status == 200, path
    visitor.close()
    return (site.cpu_s() - before) / OPENINGS * 1e3


def cpu_here(client: Client, path: str) -> float:
    """The same through Django's test client, in this process."""
    before = time.process_time()
    for _ in range(OPENINGS):
        assert client.get(path).status_code == 200
    return (time.process_time() - before) / OPENINGS * 1e3


def catalogue(*, cassets: int, artist: Artist) -> Casset:
    """Published cassets with covers, and tracks with their renditions as rows; the last of the cassets."""
    chance = random.Random(artist.pk)
    made = Casset.objects.bulk_create(
        Casset(
            artist=artist,
            title=f"Casset number {number}",
            slug=f"casset-{number}",
            cover=chance.randbytes(16).hex(),
            cover_color="#aa3311",
            status=CassetStatus.PUBLISHED,
            published_at=timezone.now(),
            track_count=TRACKS_EACH,
            duration_ms=TRACKS_EACH * 180_000,
        )
        for number in range(cassets)
    )
    tracks = Track.objects.bulk_create(track for row in made for track in _tracks(row, chance))
    for scope, seconds, link in ((Scope.FULL, 180, "stream"), (Scope.PREVIEW, 30, "preview")):
        renditions = Rendition.objects.bulk_create(
            Rendition(
                track=track,
                scope=scope,
                sha256=chance.randbytes(32).hex(),
                size=seconds * 24_000,
                length_samples=seconds * SAMPLE_RATE,
            )
            for track in tracks
        )
        for track, rendition in zip(tracks, renditions, strict=True):
            setattr(track, link, rendition)
    for track in tracks:
        track.status = TrackStatus.READY
    Track.objects.bulk_update(tracks, ["stream", "preview", "status"])
    return made[-1]


def _tracks(row: Casset, chance: random.Random) -> Iterator[Track]:
    for position in range(TRACKS_EACH):
        yield Track(
            casset=row,
            position=position,
            title=f"A track with a name {position}",
            slug=f"track-{position}",
            duration_samples=180 * SAMPLE_RATE,
            peaks=chance.randbytes(800),
            spectrum=chance.randbytes(32).hex(),
        )
