"""From uploaded bytes to a track that plays, through crashes, bad files and takeovers."""

import io
import os
import random
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.files.storage import storages
from django.utils import timezone

from accounts.models import Artist
from audio.asgi import AudioRouter
from audio.models import Casset, Rendition, Track, TrackStatus, Upload
from audio.services import files, ingest, streams, tracks, uploads
from tests import jobs, make
from tests.asgi import call
from tests.audio import sounds

pytestmark = pytest.mark.django_db(transaction=True)
LISTENER = "a" * 32


def uploaded(casset: Casset, data: bytes, filename: str = "03 - Paper_Lanterns.wav") -> Track:
    upload = uploads.begin(casset=casset, filename=filename, size=len(data))
    done = uploads.append(upload=upload, offset=0, body=io.BytesIO(data))
    assert done.track is not None
    return done.track


def ingested(casset: Casset, data: bytes, filename: str = "03 - Paper_Lanterns.wav") -> Track:
    track = uploaded(casset, data, filename)
    jobs.run()
    track.refresh_from_db()
    return track


def stored(alias: str) -> set[str]:
    root = Path(storages[alias].location)
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def staged() -> list[Path]:
    return [path for path in Path(settings.UPLOAD_DIR).glob("*") if path.is_file()]


@pytest.fixture(autouse=True)
def empty_storages() -> None:
    folders = [storages["originals"].location, storages["renditions"].location, settings.UPLOAD_DIR]
    for path in [path for folder in folders for path in Path(folder).rglob("*") if path.is_file()]:
        path.unlink()


@pytest.mark.parametrize("kind", ["wav", "flac", "mp3"])
def test_a_file_becomes_a_track_with_everything_known_of_it(kind: str, ana: Artist) -> None:
    casset = make.casset(ana)
    track = ingested(casset, sounds.file(kind), f"03 - Paper_Lanterns.{kind}")
    assert (track.status, track.title, track.slug) == (TrackStatus.READY, "Paper Lanterns", "paper-lanterns")
    assert abs(track.duration_ms - 8000) <= 60
    assert len(track.peaks) == 800
    assert max(track.peaks) > 100
    assert track.loudness_lufs is not None
    assert -40 < track.loudness_lufs < 0
    assert track.stream.length_samples == track.duration_samples
    assert storages["originals"].open(track.original_key).read() == sounds.file(kind)
    assert storages["default"].exists(files.spectrum_key(track.spectrum))
    assert staged() == []
    casset.refresh_from_db()
    assert (casset.track_count, casset.duration_ms) == (1, track.duration_ms)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1:9/x.ts\n", "unknown_format"),
        (b"ffconcat version 1.0\nfile '/etc/passwd'\n", "unknown_format"),
        (os.urandom(100_000), "unknown_format"),
        (sounds.file("mp3")[:60_000], "truncated"),
        (sounds.file("wav")[:200], None),
    ],
    ids=["playlist", "concat", "noise", "half an mp3", "header only"],
)
def test_a_bad_file_is_refused_in_words_and_leaves_nothing(
    data: bytes, code: str | None, ana: Artist
) -> None:
    casset = make.casset(ana)
    track = ingested(casset, data, "song.mp3")
    assert track.status == TrackStatus.REJECTED
    assert code in (None, track.reject_code)
    assert track.reject_message.endswith(".")
    assert (track.stream, track.preview, track.original_key) == (None, None, "")
    assert stored("originals") == stored("renditions") == set()
    assert staged() == []
    casset.refresh_from_db()
    assert casset.track_count == 0


def test_a_preview_token_can_fetch_the_window_and_nothing_else(ana: Artist) -> None:
    """By any sequence of ranges: what comes back decodes to exactly the chosen samples of the track."""
    track = ingested(make.casset(ana), sounds.file("wav", seconds=30))
    track = tracks.set_preview(track=track, start_ms=7_345, length_ms=11_000)
    row = Track.objects.with_casset().get(pk=track.pk)
    streams.attach([row], user=AnonymousUser(), listener=LISTENER, now=time.time())
    src, router = row.playable["src"], AudioRouter(None)  # type: ignore[arg-type]
    size = int(call(router, src, "HEAD", {"cookie": f"listener={LISTENER}"}).headers["content-length"])
    got: dict[int, int] = {}
    chance = random.Random(7)
    spans = [(chance.randrange(size * 2), chance.randrange(size * 2)) for _ in range(150)]
    for start, stop in [*spans, *((at, at + 20_000) for at in range(0, size + 40_000, 15_000))]:
        answer = call(
            router, src, "GET", {"cookie": f"listener={LISTENER}", "range": f"bytes={start}-{stop}"}
        )
        if answer.status == 206:
            first = int(answer.headers["content-range"].removeprefix("bytes ").partition("-")[0])
            got.update((first + at, byte) for at, byte in enumerate(answer.body))
        elif answer.status == 200:
            got.update(enumerate(answer.body))
    assert sorted(got) == list(range(size))
    heard = sounds.decoded(bytes(got[at] for at in range(size)))
    whole = sounds.decoded(files.renditions().open(files.rendition_key(row.stream.sha256)).read())
    start, length = 7_345 * 441 // 10, 11 * 44_100
    assert heard.shape[1] == length
    assert np.max(np.abs(heard - whole[:, start : start + length])) == 0


def test_moving_the_preview_ends_the_old_one_and_keeps_the_audio(ana: Artist) -> None:
    track = ingested(make.casset(ana), sounds.file("wav", seconds=30))
    old, stream = track.preview, track.stream_id
    moved = tracks.set_preview(track=track, start_ms=2_000, length_ms=15_000)
    old.refresh_from_db()
    assert old.withdrawn_at is not None
    assert (moved.stream_id, moved.preview.start_samples, moved.preview.length_samples) == (
        stream,
        88_200,
        661_500,
    )
    again = tracks.set_preview(track=moved, start_ms=2_000, length_ms=15_000)
    assert (again.preview_id, again.preview.withdrawn_at) == (moved.preview_id, None)


@pytest.mark.parametrize(("start_ms", "length_ms"), [(-1, 10_000), (0, 1_000), (0, 91_000), (25_000, 10_000)])
def test_a_window_outside_the_track_is_refused(start_ms: int, length_ms: int, ana: Artist) -> None:
    track = ingested(make.casset(ana), sounds.file("wav", seconds=30))
    before = (track.preview_id, track.preview_start_ms)
    with pytest.raises(tracks.TrackError):
        tracks.set_preview(track=track, start_ms=start_ms, length_ms=length_ms)
    track.refresh_from_db()
    assert (track.preview_id, track.preview_start_ms) == before
    assert Rendition.objects.filter(withdrawn_at__isnull=False).count() == 0


def test_doing_it_twice_is_doing_it_once(ana: Artist) -> None:
    track = ingested(make.casset(ana), sounds.file("wav"))
    before = (track.attempt, track.stream_id, Rendition.objects.count())
    ingest.process(track_id=track.pk)
    track.refresh_from_db()
    assert (track.attempt, track.stream_id, Rendition.objects.count()) == before


def test_a_track_removed_while_it_is_processed_comes_to_nothing(
    ana: Artist, monkeypatch: pytest.MonkeyPatch
) -> None:
    track = uploaded(make.casset(ana), sounds.file("wav"))
    keep = ingest._keep_original

    def removed_now(claim: ingest.Claim) -> None:
        keep(claim)
        tracks.remove(track=Track.objects.get(pk=claim.track.pk))

    monkeypatch.setattr(ingest, "_keep_original", removed_now)
    jobs.run()
    assert Track.objects.count() == Rendition.objects.count() == 0
    assert track.pk
    assert stored("originals") == set()


def test_the_sweep_orders_what_a_dead_worker_left(ana: Artist) -> None:
    track = uploaded(make.casset(ana), sounds.file("wav"))
    stale = timezone.now() - timedelta(minutes=1)
    Track.objects.filter(pk=track.pk).update(status=TrackStatus.PROCESSING, attempt=1, lease_until=stale)
    jobs.run()
    track.refresh_from_db()
    assert (track.status, track.attempt) == (TrackStatus.READY, 2)


def crash(*_: object, **__: object) -> None:
    raise ingest.decoder.DecoderCrashed("killed by signal 11")


@pytest.mark.parametrize(
    ("fault", "room", "crashes"),
    [
        (ingest.decoder.DecoderCrashed("died"), 1 << 40, 1),
        (ingest.decoder.DecoderCrashed("died"), 0, 0),
        (ingest.decoder.DecoderUnavailable("no landlock"), 1 << 40, 0),
        (OSError("the bucket is away"), 1 << 40, 0),
    ],
)
def test_faults_of_this_machine_are_not_held_against_the_file(
    fault: Exception, room: int, crashes: int, ana: Artist, monkeypatch: pytest.MonkeyPatch
) -> None:
    track = uploaded(make.casset(ana), sounds.file("wav"))

    def fail(*_: object, **__: object) -> None:
        raise fault

    monkeypatch.setattr(ingest.shutil, "disk_usage", lambda _: SimpleNamespace(free=room))
    with monkeypatch.context() as broken:
        broken.setattr(ingest.decoder, "decode", fail)
        for _ in range(4 if crashes == 0 else 1):
            jobs.run()
            Track.objects.filter(pk=track.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
            ingest.sweep()
    track.refresh_from_db()
    assert (track.status, track.crashes) == (TrackStatus.PROCESSING, crashes)
    jobs.run()
    track.refresh_from_db()
    assert track.status == TrackStatus.READY


def test_a_file_that_keeps_crashing_the_decoder_is_given_up(
    ana: Artist, monkeypatch: pytest.MonkeyPatch
) -> None:
    track = uploaded(make.casset(ana), sounds.file("wav"))
    stale = timezone.now() - timedelta(minutes=1)
    Track.objects.filter(pk=track.pk).update(
        status=TrackStatus.PROCESSING, attempt=9, crashes=2, lease_until=stale
    )
    monkeypatch.setattr(ingest.decoder, "decode", crash)
    jobs.run()
    track.refresh_from_db()
    assert (track.status, track.reject_code) == (TrackStatus.REJECTED, "crashed")
    assert staged() == []


WORKER = """
import os, sys, threading, time
import django; django.setup()
from audio.services import ingest
delay = float(sys.argv[2])
threading.Thread(target=lambda: (time.sleep(delay), os.kill(os.getpid(), 9)), daemon=True).start()
ingest.process(track_id=int(sys.argv[1]))
"""


@pytest.mark.parametrize("delay", [0.05, 0.3, 0.6, 0.9, 1.3])
def test_a_worker_killed_at_any_moment_loses_nothing(delay: float, ana: Artist) -> None:
    track = uploaded(make.casset(ana), sounds.file("wav"))
    database = settings.DATABASES["default"]
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.worker_settings",
        "WORKER_DATABASE": str(database["NAME"]),
        "WORKER_DATA_DIR": str(settings.DATA_DIR),
    }
    worker = subprocess.run(
        [sys.executable, "-c", WORKER, str(track.pk), str(delay)],
        env=environment,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert worker.returncode in (0, -signal.SIGKILL), worker.stderr.decode()
    Track.objects.filter(pk=track.pk, status=TrackStatus.PROCESSING).update(lease_until=timezone.now())
    ingest.sweep()
    jobs.run()
    track.refresh_from_db()
    assert track.status == TrackStatus.READY
    assert Rendition.objects.count() == 2
    assert {path for path in stored("originals") if ".part-" not in path} == {track.original_key}
    assert staged() == []
    assert Upload.objects.get().track_id == track.pk
