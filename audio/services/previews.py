"""Cutting the preview of a track out of its full rendition: a few milliseconds, no encoding."""

import io
from dataclasses import dataclass
from typing import BinaryIO

from audio import preview
from audio.models import SAMPLE_RATE, Rendition, Track
from audio.mp3 import FrameIndex
from audio.services import files
from audio.stream_token import Scope


@dataclass(frozen=True, slots=True)
class Cut:
    """A preview that lies in storage. Lengths in samples and bytes."""

    sha256: str
    size: int
    start_samples: int
    length_samples: int


def cut(stream: Rendition, *, start_ms: int, length_ms: int) -> Cut:
    """Cut and store the window; storing the same window again writes nothing."""
    index = FrameIndex.from_bytes(bytes(stream.frame_index))
    with files.renditions().open(files.rendition_key(stream.sha256)) as source:
        return cut_from(index, source, start_ms=start_ms, length_ms=length_ms)  # type: ignore[arg-type]


def cut_from(index: FrameIndex, source: BinaryIO, *, start_ms: int, length_ms: int) -> Cut:
    start = min(start_ms * SAMPLE_RATE // 1000, index.total_samples)
    length = min(length_ms * SAMPLE_RATE // 1000, index.total_samples - start)
    data = preview.cut(index, source, start, length)
    sha256 = files.put_rendition(io.BytesIO(data))
    return Cut(sha256=sha256, size=len(data), start_samples=start, length_samples=length)


def save(track: Track, made: Cut) -> Rendition:
    """The row of a cut preview, or the one that is in use for the same bytes. Needs the track's lock."""
    row, _ = Rendition.objects.get_or_create(
        track=track,
        scope=Scope.PREVIEW,
        sha256=made.sha256,
        withdrawn_at=None,
        defaults={
            "size": made.size,
            "start_samples": made.start_samples,
            "length_samples": made.length_samples,
        },
    )
    return row


def best_start_ms(peaks: bytes, *, track_ms: int, length_ms: int) -> int:
    """Where the loudest stretch of a preview's length begins: a first guess that the artist can move."""
    if not peaks or track_ms <= length_ms:
        return 0
    width = max(1, len(peaks) * length_ms // track_ms)
    level = sum(peaks[:width])
    best, best_level = 0, level
    for start in range(1, len(peaks) - width + 1):
        level += peaks[start + width - 1] - peaks[start - 1]
        if level > best_level:
            best, best_level = start, level
    return min(best * track_ms // len(peaks) // 1000 * 1000, track_ms - length_ms)
