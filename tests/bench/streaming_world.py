"""One site with a few full-length files, served in every way that is compared."""

import random
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.db import connection

from audio.models import SAMPLE_RATE, Rendition, Track
from audio.services import files, streams
from audio.stream_token import Scope
from tests import make
from tests.bench import streaming_servers as servers
from tests.bench.streaming_load import Ask, Target

FILES = 8
FILE_BYTES = 4_320_000  # three minutes at 192 kbit/s


@dataclass(frozen=True)
class World:
    """`router` is Casset alone; `static` and `front` are there where nginx is."""

    router: Target
    front: Target | None
    static: Target | None


@contextmanager
def world(*, listeners: int) -> Iterator[World]:
    """Files and servers, and a token of each listener's own; the rows go with the test."""
    contents = [random.Random(number).randbytes(FILE_BYTES) for number in range(FILES)]
    tracks = _tracks(contents)
    run = Path(tempfile.mkdtemp(prefix="nginx-"))
    try:
        with ExitStack() as stack:
            site = stack.enter_context(servers.casset(connection.settings_dict["NAME"], settings.DATA_DIR))
            signed = [_signed(tracks, contents, number) for number in range(listeners)]
            front = static = None
            if servers.NGINX:
                before = stack.enter_context(servers.nginx_before(site, settings.DATA_DIR, run / "front"))
                alone = stack.enter_context(servers.nginx_static(settings.DATA_DIR, run / "static"))
                front = Target(before, signed)
                static = Target(alone, [_plain(tracks, ask, number) for number, ask in enumerate(signed)])
            yield World(Target(site, signed), front, static)
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


def _signed(tracks: list[Track], contents: list[bytes], number: int) -> Ask:
    """Listener `number`'s own address of one of the tracks, as a page would offer it."""
    listener = f"{number:032x}"
    track = tracks[number % len(tracks)]
    streams.attach([track], user=AnonymousUser(), listener=listener, now=time.time())
    return Ask(track.playable["src"], f"listener={listener}", contents[number % len(tracks)])  # type: ignore[attr-defined]


def _plain(tracks: list[Track], ask: Ask, number: int) -> Ask:
    preview = tracks[number % len(tracks)].preview
    assert preview is not None
    return Ask(f"/{files.rendition_key(preview.sha256)}", ask.cookie, ask.content)
