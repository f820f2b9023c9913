"""Figures of the audio core beside its targets. Nothing here can fail for being slow."""

import io
import tempfile
import time
from collections.abc import Callable

import numpy as np
import pytest

from audio import preview
from audio.decoder import run
from audio.mp3 import FrameIndex
from audio.ranges import plan
from audio.stream_token import Claims, Scope, Signer
from tests.audio.decoder.sounds import encoded, mp3, music

pytestmark = pytest.mark.bench

BROWSER_HEADERS = [
    (b"host", b"casset.test"),
    (b"user-agent", b"Mozilla/5.0"),
    (b"accept", b"*/*"),
    (b"accept-encoding", b"identity;q=1, *;q=0"),
    (b"referer", b"https://casset.test/"),
    (b"cookie", b"listener=0123456789abcdef0123456789abcdef"),
    (b"range", b"bytes=0-65535"),
    (b"if-range", b'"abc"'),
]


def _best_us(action: Callable[[], object], times: int) -> float:
    """Microseconds of one call, the best of thirty rounds: short ones, to fit between other work."""
    rounds = []
    for _ in range(30):
        begun = time.perf_counter()
        for _ in range(times):
            action()
        rounds.append((time.perf_counter() - begun) / times)
    return min(rounds) * 1e6


def _report(name: str, figure: float, unit: str, target: str) -> None:
    print(f"\n{name}: {figure:.2f} {unit} (target {target})")


@pytest.fixture(scope="module")
def rendition() -> bytes:
    return mp3(music(180), bit_rate="192000", reservoir="0")


def test_token_check() -> None:
    signer = Signer({1: b"k" * 32}, current=1)
    token = signer.mint(Claims(Scope.FULL, 345, 2_000_000_000, 77, 9))
    _report("token check", _best_us(lambda: signer.check(token, now=1.0), 1000), "us", "5 us")
    claims = Claims(Scope.FULL, 345, 2_000_000_000, 77, 9)
    _report("token mint", _best_us(lambda: signer.mint(claims), 1000), "us", "none")


def test_range_plan() -> None:
    def planned() -> object:
        return plan("GET", BROWSER_HEADERS, size=4_320_000, etag=b'"abc"')

    _report("range plan", _best_us(planned, 1000), "us", "none")


def test_frame_index(rendition: bytes) -> None:
    _report(
        "index of 3 minutes, build", _best_us(lambda: FrameIndex.build(rendition), 1) / 1000, "ms", "37 ms"
    )
    index = FrameIndex.build(rendition)
    stored = index.to_bytes()
    _report(
        "index of 3 minutes, load", _best_us(lambda: FrameIndex.from_bytes(stored), 1) / 1000, "ms", "none"
    )
    _report("index of 3 minutes, stored", len(stored), "bytes", "none")


def test_preview_cut(rendition: bytes) -> None:
    index, source = FrameIndex.build(rendition), io.BytesIO(rendition)
    half_minute, start = 30 * index.sample_rate, 61 * index.sample_rate

    def cut() -> object:
        return preview.cut(index, source, start, half_minute)

    _report("30-second preview, cut", _best_us(cut, 2) / 1000, "ms", "1.4 ms")


def test_ingest_of_three_minutes() -> None:
    upload = encoded(np.clip(music(180), -1, 1), "wav", "pcm_s16le")
    with (
        tempfile.TemporaryFile() as source,
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as bands,
    ):
        source.write(upload)
        source.flush()
        begun = time.perf_counter()
        decoded = run.decode(source, out, bands)
        _report("3-minute WAV ingest, wall", time.perf_counter() - begun, "s", "none")
    _report("3-minute WAV ingest, CPU", decoded.cpu_seconds, "s", "10 s")
    _report("3-minute WAV ingest, peak memory", decoded.peak_memory_kb / 1024, "MB", "128 MB")
