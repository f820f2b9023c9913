"""Tones as MP3, made once per run."""

import io

import av
import numpy as np
from numpy.typing import NDArray

RATE = 44_100


def tone(seconds: float, hertz: float = 441.0, start: float = 0.0) -> NDArray[np.float32]:
    """A sine at -6 dB; `start` (seconds) continues the phase of an earlier one."""
    at = (np.arange(round(seconds * RATE)) + round(start * RATE)) / RATE
    return (0.5 * np.sin(2 * np.pi * hertz * at)).astype(np.float32)


def mp3(samples: NDArray[np.float32]) -> bytes:
    """Mono 192 kbit/s with a LAME header, so that players trim the encoder's delay."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp3") as container:
        stream = container.add_stream("libmp3lame", rate=RATE)
        stream.bit_rate = 192_000
        stream.layout = "mono"
        frame = av.AudioFrame.from_ndarray(samples[None, :], format="fltp", layout="mono")
        frame.sample_rate = RATE
        for packet in (*stream.encode(frame), *stream.encode(None)):
            container.mux(packet)
    return out.getvalue()
