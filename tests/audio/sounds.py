"""Real audio files for tests, made on the spot."""

import io
from functools import cache

import av
import numpy as np

RATE = 44_100
MUXERS = {"wav": ("wav", "pcm_s16le"), "flac": ("flac", "flac"), "mp3": ("mp3", "libmp3lame")}


def music(seconds: float, *, seed: int = 1) -> np.ndarray:
    """Stereo noise-and-tones, float32 (2, n): every stretch sounds different from every other."""
    time = np.arange(int(seconds * RATE)) / RATE
    noise = np.random.default_rng(seed).standard_normal((2, time.size)) * 0.05
    sweep = 0.3 * np.sin(2 * np.pi * (220 + 40 * time) * time)
    return (noise + sweep * (0.6 + 0.4 * np.sin(2 * np.pi * time / 7))).astype(np.float32)


@cache
def file(kind: str, seconds: float = 8, seed: int = 1) -> bytes:
    """`music` as the bytes of a wav, flac or mp3 file."""
    container, codec = MUXERS[kind]
    samples = (np.clip(music(seconds, seed=seed), -1, 1) * 32767).astype(np.int16)
    target = io.BytesIO()
    with av.open(target, "w", format=container) as out:
        stream = out.add_stream(codec, rate=RATE, layout="stereo")
        resampler = av.AudioResampler(format=stream.codec_context.format or "s16", layout="stereo", rate=RATE)
        frame = av.AudioFrame.from_ndarray(samples.T.reshape(1, -1).copy(), format="s16", layout="stereo")
        frame.sample_rate = RATE
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            for packet in stream.encode(piece):
                out.mux(packet)
        for packet in stream.encode(None):
            out.mux(packet)
    return target.getvalue()


def decoded(data: bytes) -> np.ndarray:
    """The samples of an MP3 as a player hears them, float32 (2, n)."""
    with av.open(io.BytesIO(data)) as container:
        pieces = [frame.to_ndarray() for frame in container.decode(audio=0)]
    return np.concatenate(pieces, axis=1)
