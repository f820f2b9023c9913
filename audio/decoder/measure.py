"""The first pass: hear the whole file once, and judge it."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import av
import numpy as np

from audio.decoder import graphs, lengths, levels
from audio.decoder.media import Source
from audio.decoder.refusals import Rejected

Progress = Callable[[float], None]

UNMEASURED_LUFS = -70.0  # the gate of EBU R128: nothing under it counts
SILENCE_DBTP = -60.0
ABSURD_DBTP = 60.0  # numbers that are not sound


@dataclass(frozen=True, slots=True)
class Measurement:
    """LUFS, LU, dBTP; `peaks` and `spectrum` as levels.py makes them."""

    loudness_lufs: float
    loudness_range_lu: float
    true_peak_db: float
    peaks: bytes
    spectrum: bytes


class Loudness:
    """EBU R128 integrated loudness, loudness range and true peak."""

    def __init__(self, source: Source) -> None:
        self._found: dict[str, str] = {}
        self._graph = graphs.stereo(source, ("ebur128", "metadata=1:peak=true:framelog=quiet"))

    def add(self, frame: av.AudioFrame | None) -> None:
        """The next frame, or None after the last."""
        for measured in graphs.push(self._graph, frame):
            self._found = measured.metadata or self._found

    def value(self, name: str, default: float) -> float:
        found = float(self._found.get(f"lavfi.r128.{name}", default))
        return default if math.isnan(found) else found


def measure(source: Source, on_progress: Progress) -> Measurement:
    """Decode everything. Raises Rejected for whatever is wrong with the file as music."""
    loudness: Loudness | None = None
    pictures = levels.Levels()
    downmix = av.AudioResampler("s16p", "stereo", levels.RATE)
    for frame in source.frames():
        loudness = loudness or Loudness(source)
        loudness.add(frame)
        for part in downmix.resample(frame):
            pictures.add(part.to_ndarray().astype(np.int16, copy=False))
        on_progress(source.fraction)
    if loudness is None:
        raise Rejected("undecodable")
    lengths.check(source)
    if source.seconds < source.limits.min_seconds:
        raise Rejected("too_short")
    loudness.add(None)
    for part in downmix.resample(None):
        pictures.add(part.to_ndarray().astype(np.int16, copy=False))
    return _judged(loudness, pictures)


def _judged(loudness: Loudness, pictures: levels.Levels) -> Measurement:
    true_peak_db = 20 * math.log10(max(loudness.value("true_peak", 0.0), 1e-6))
    if true_peak_db > ABSURD_DBTP:
        raise Rejected("undecodable")
    if true_peak_db < SILENCE_DBTP:
        raise Rejected("silent")
    peaks, spectrum = pictures.finish()
    return Measurement(
        loudness_lufs=max(UNMEASURED_LUFS, loudness.value("I", UNMEASURED_LUFS)),
        loudness_range_lu=max(0.0, loudness.value("LRA", 0.0)),
        true_peak_db=true_peak_db,
        peaks=peaks,
        spectrum=spectrum,
    )
