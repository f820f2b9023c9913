"""The first pass: hear the whole file once, and judge it."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
from av.filter import Graph

from audio.decoder import lengths, levels
from audio.decoder.media import Source
from audio.decoder.refusals import Rejected

Progress = Callable[[float], None]

UNMEASURED_LUFS = -70.0  # the gate of EBU R128: nothing under it counts
SILENCE_DBTP = -60.0


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
        self._graph = Graph()
        self._graph.threads = 1
        buffer = self._graph.add_abuffer(
            sample_rate=source.rate,
            format=source.sample_format,
            layout=source.layout,
            channels=source.channels,
            time_base=Fraction(1, source.rate),
        )
        meter = self._graph.add("ebur128", "metadata=1:peak=true:framelog=quiet")
        sink = self._graph.add("abuffersink")
        self._graph.link_nodes(buffer, meter, sink).configure()

    def add(self, frame: av.AudioFrame | None) -> None:
        """The next frame, or None after the last."""
        self._graph.push(frame)
        for measured in pulled(self._graph):
            self._found = measured.metadata or self._found

    def value(self, name: str, default: float) -> float:
        found = float(self._found.get(f"lavfi.r128.{name}", default))
        return default if math.isnan(found) else found


def pulled(graph: Graph) -> Iterator[av.AudioFrame]:
    """Whatever a filter graph has ready."""
    while True:
        try:
            frame = graph.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return
        assert isinstance(frame, av.AudioFrame)
        yield frame


def measure(source: Source, on_progress: Progress) -> Measurement:
    """Decode everything. Raises Rejected for whatever is wrong with the file as music."""
    loudness: Loudness | None = None
    pictures = levels.Levels()
    downmix = av.AudioResampler("s16p", "stereo", levels.RATE)
    for frame in source.frames():
        loudness = loudness or Loudness(source)
        frame.pts = None  # positions in damaged files jump; samples are counted instead
        loudness.add(frame)
        for part in downmix.resample(frame):
            pictures.add(part.to_ndarray().astype(np.int16, copy=False))
        on_progress(source.fraction)
    if loudness is None or source.seconds < source.limits.min_seconds:
        raise Rejected("too_short" if loudness else "undecodable")
    loudness.add(None)
    for part in downmix.resample(None):
        pictures.add(part.to_ndarray().astype(np.int16, copy=False))
    lengths.check(source)
    return _judged(loudness, pictures)


def _judged(loudness: Loudness, pictures: levels.Levels) -> Measurement:
    true_peak = loudness.value("true_peak", 0.0)
    if math.isinf(true_peak):
        raise Rejected("undecodable")
    true_peak_db = 20 * math.log10(max(true_peak, 1e-6))
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
