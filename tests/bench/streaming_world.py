"""One site with a few full-length files, served in every way that is compared."""

import json
import random
import shutil
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connection

from audio.models import SAMPLE_RATE, Rendition, Track
from audio.services import files
from audio.stream_token import Scope
from tests import make
from tests.bench import streaming_servers as servers
from tests.bench.streaming_load import Target
from tests.bench.streaming_servers import Server

FILES = 8
FILE_BYTES = 4_320_000  # three minutes at 192 kbit/s
LISTENER = "5" * 32
COOKIE = f"listener={LISTENER}"


@dataclass(frozen=True)
class World:
    """`router` is Casset alone; `static` and `front` are there where nginx is."""

    tracks: list[Track]
    router: Target
    front: Target | None
    static: Target | None


@contextmanager
def world() -> Iterator[World]:
    """Rows, files and servers; the files go with the servers, the rows with the test's database."""
    contents = [random.Random(number).randbytes(FILE_BYTES) for number in range(FILES)]
    tracks = _tracks(contents)
    run = Path(tempfile.mkdtemp(prefix="nginx-"))
    try:
        with ExitStack() as stack:
            site = stack.enter_context(servers.casset(connection.settings_dict["NAME"], settings.DATA_DIR))
            paths = [_signed_path(site, track) for track in tracks]
            router = Target(site, paths, COOKIE, contents)
            front = static = None
            if servers.NGINX:
                behind = stack.enter_context(servers.nginx_before(site, settings.DATA_DIR, run / "front"))
                front = Target(behind, paths, COOKIE, contents)
                alone = stack.enter_context(servers.nginx_static(settings.DATA_DIR, run / "static"))
                static = Target(alone, _plain_paths(tracks), COOKIE, contents)
            yield World(tracks, router, front, static)
    finally:
        shutil.rmtree(run, ignore_errors=True)


def _tracks(contents: list[bytes]) -> list[Track]:
    """One published casset, whose previews are the long files: a stranger may fetch them."""
    tracks = list(make.casset(title="Long Player", published=True, tracks=len(contents)).tracks.in_order())
    for track, content in zip(tracks, contents, strict=True):
        sha256 = files.put_rendition(ContentFile(content).open())
        track.preview = Rendition.objects.create(
            track=track,
            scope=Scope.PREVIEW,
            sha256=sha256,
            size=len(content),
            length_samples=180 * SAMPLE_RATE,
        )
        track.save(update_fields=["preview"])
    return tracks


def _signed_path(site: Server, track: Track) -> str:
    request = urllib.request.Request(f"{site.url}/listen/tracks/{track.pk}/", headers={"Cookie": COOKIE})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return str(json.load(answer)["src"])


def _plain_paths(tracks: list[Track]) -> list[str]:
    return [f"/{files.rendition_key(track.preview.sha256)}" for track in tracks if track.preview]
