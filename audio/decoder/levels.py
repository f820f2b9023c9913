"""The pictures of a sound: a waveform's peaks and the bars of a visualiser, taken in as it streams by.

The spectrum file, for whoever reads it (offsets in bytes, little-endian):

     0  4  the letters CSP1
     4  1  bands in each frame, from low to high (24)
     5  1  frames in a second (20)
     6  2  zero
     8  4  number of frames
    12     the frames, each of (bands + 1) // 2 bytes: band 0 in the low four bits of the first byte, band 1 in
           its high four bits, and so on. Levels 0 to 15. Frame f is centred on f / frames-in-a-second seconds.
"""

import struct

import numpy as np
import numpy.typing as npt

RATE = 20_480  # samples a second: 1024 between two frames of the spectrum
BANDS = 24  # even: two share a byte
FPS = 20
PEAKS = 800
LOWEST_HZ, HIGHEST_HZ = 40.0, 10_000.0
DYNAMIC_DB = 48.0  # from an empty bar to a full one
TILT_DB = 3.0  # per octave: music falls towards the treble, its bars should not
_QUIETEST_TOP_DB = 60.0  # about 80 under a full-scale tone: below is silence, whose noise shall not dance
_HEADER = struct.Struct("<4sBBHI")
_HOP = RATE // FPS
_WINDOW = 2 * _HOP
_CELL = 8  # samples a peak is kept of until the length is known
_BATCH = 32 * _HOP  # samples worked on at a time

Samples = npt.NDArray[np.int16]
Floats = npt.NDArray[np.float32]


class Levels:
    """Takes 16-bit stereo at RATE in pieces of any length; keeps about 6 kB for each second."""

    def __init__(self) -> None:
        self._pending: list[Samples] = []
        self._pending_samples = 0
        self._before = np.zeros((2, _HOP), np.int16)  # frame 0 is centred on the first sample
        self._cells: list[npt.NDArray[np.uint16]] = []
        self._bands: list[Floats] = []
        self._samples = 0
        self._window = np.hanning(_WINDOW + 1)[:-1].astype(np.float32)
        edges = np.geomspace(LOWEST_HZ, HIGHEST_HZ, BANDS + 1) * _WINDOW / RATE
        self._edges = np.round(edges).astype(np.intp)

    def add(self, samples: Samples) -> None:
        """(2, any) samples."""
        self._pending.append(samples)
        self._pending_samples += samples.shape[1]
        self._samples += samples.shape[1]
        if self._pending_samples >= _BATCH:
            whole = self._pending_samples // _HOP * _HOP
            block = np.concatenate(self._pending, axis=1)
            self._pending, self._pending_samples = [block[:, whole:]], self._pending_samples - whole
            self._take(block[:, :whole])

    def finish(self) -> tuple[bytes, bytes]:
        """(800 peaks 0 to 255, the loudest 255; the spectrum file). Adds nothing after that."""
        rest = -self._pending_samples % _HOP + _HOP  # one frame more, so that the last is centred inside
        self._pending.append(np.zeros((2, rest), np.int16))
        self._take(np.concatenate(self._pending, axis=1))
        frames = max(1, -(-self._samples // _HOP))
        return self._peaks(), _packed(np.concatenate(self._bands)[:frames])

    def _take(self, block: Samples) -> None:
        loud = np.maximum(np.abs(block[0].astype(np.int32)), np.abs(block[1].astype(np.int32)))
        self._cells.append(loud.reshape(-1, _CELL).max(axis=1).astype(np.uint16))
        joined = np.concatenate((self._before, block), axis=1).astype(np.float32)
        self._before = block[:, -_HOP:]
        windows = np.lib.stride_tricks.sliding_window_view(joined, _WINDOW, axis=1)[:, ::_HOP]
        power = np.square(np.abs(np.fft.rfft(windows * self._window, axis=2))).sum(axis=0)
        sums = np.add.reduceat(power[:, : self._edges[-1]], self._edges[:-1], axis=1)
        self._bands.append((sums / np.diff(self._edges)).astype(np.float32))

    def _peaks(self) -> bytes:
        cells = np.concatenate(self._cells)[: max(PEAKS, self._samples // _CELL)]
        starts = np.linspace(0, len(cells), PEAKS, endpoint=False).astype(np.intp)
        peaks = np.maximum.reduceat(cells, starts).astype(np.float32)
        levels: Floats = np.round(peaks * (255 / max(1.0, float(peaks.max()))))
        return levels.astype(np.uint8).tobytes()


def _packed(power: Floats) -> bytes:
    """Each level against the track's own loud passages, so that quiet tracks move as much as loud ones."""
    octaves = np.linspace(0, np.log2(HIGHEST_HZ / LOWEST_HZ), BANDS, dtype=np.float32)
    decibels = 10 * np.log10(power + np.float32(1)) + TILT_DB * octaves
    top = max(_QUIETEST_TOP_DB, float(np.percentile(decibels.max(axis=1), 95)))
    steps = np.round((decibels - top + DYNAMIC_DB) * (15 / DYNAMIC_DB))
    levels: npt.NDArray[np.uint8] = np.clip(steps, 0, 15).astype(np.uint8)
    packed = levels[:, 0::2] | levels[:, 1::2] << 4
    return _HEADER.pack(b"CSP1", BANDS, FPS, 0, len(levels)) + packed.tobytes()
