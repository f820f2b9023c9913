"""Sounds made for the tests, and their way into and out of files. Arrays are float32 (channels, samples)."""

import io
import zlib

import av
import numpy as np
import numpy.typing as npt

Sound = npt.NDArray[np.float32]


def music(seconds: float, *, rate: int = 44_100, channels: int = 2, level: float = 0.25) -> Sound:
    """Chords, a beat and noise: nowhere silent, nowhere periodic for long, so that a shift always shows."""
    times = np.arange(int(seconds * rate), dtype=np.float64) / rate
    noise = np.random.default_rng(zlib.crc32(b"casset")).standard_normal((channels, times.size))
    sweep = np.sin(2 * np.pi * (110 * times + 60 * times**2))
    beat = np.exp(-8 * (times * 2.3 % 1))
    rows = [0.5 * sweep + 0.3 * np.sin(2 * np.pi * (220 + 55 * row) * times) for row in range(channels)]
    sound = level * (np.array(rows) * (0.4 + 0.6 * beat) + 0.1 * noise * beat)
    return sound.astype(np.float32)


def encoded(sound: Sound, container: str, codec: str, *, rate: int = 44_100, **options: str) -> bytes:
    """The sound as a file. `options` go to the encoder; `bit_rate` in bit/s."""
    file = io.BytesIO()
    layout = {1: "mono", 2: "stereo"}[len(sound)]
    bit_rate = int(options.pop("bit_rate", "0"))
    with av.open(file, "w", format=container) as output:
        stream = output.add_stream(codec, rate=rate, layout=layout, options=options)
        assert isinstance(stream, av.AudioStream)
        if bit_rate:
            stream.bit_rate = bit_rate
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound), "fltp", layout)
        frame.sample_rate, frame.pts = rate, 0
        stream.codec_context.open()
        coder = stream.codec_context
        to_codec = av.AudioResampler(coder.format.name, layout, rate, coder.frame_size or None)
        for part in [*to_codec.resample(frame), *to_codec.resample(None), None]:
            output.mux(stream.encode(part))
    return file.getvalue()


def decoded(file: bytes) -> Sound:
    parts = []
    with av.open(io.BytesIO(file), "r") as container:
        to_float = av.AudioResampler("fltp")
        for frame in container.decode(audio=0):
            parts += [part.to_ndarray() for part in to_float.resample(frame)]
    return np.concatenate(parts, axis=1).astype(np.float32)


def mp3(sound: Sound, *, rate: int = 44_100, **options: str) -> bytes:
    return encoded(sound, "mp3", "libmp3lame", rate=rate, **options)


def id3(content: bytes, *, footer: bool = False) -> bytes:
    """An ID3v2.4 tag around `content` (frames or padding)."""
    size = bytes(len(content) >> shift & 127 for shift in (21, 14, 7, 0))
    body = b"\x04\x00" + (b"\x10" if footer else b"\x00") + size
    return b"ID3" + body + content + (b"3DI" + body if footer else b"")
