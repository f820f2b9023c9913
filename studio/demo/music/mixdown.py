"""The desk: buses with sends, room and echo at half rate, side-chain, soft clip, clean edges, -1 dBFS."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.demo.music.tones import SAMPLE_RATE, Signal, samples

CEILING = 10 ** (-1 / 20)
HALF_RATE = SAMPLE_RATE // 2


@dataclass(frozen=True)
class Room:
    """Reverb: seconds to -60 dB, Hz at which it darkens, share in the mix."""

    seconds: float = 1.6
    dark: float = 4200.0
    level: float = 0.25


@dataclass(frozen=True)
class Echo:
    """Ping-pong delay: length in beats, feedback and share in the mix."""

    beats: float = 0.75
    feedback: float = 0.4
    level: float = 0.3


@dataclass(frozen=True)
class Bus:
    gain: float = 1.0
    room: float = 0.0
    echo: float = 0.0
    duck: float = 0.0
    pan: float = 0.0


def impulse(room: Room, seed: int) -> Signal:
    """A room's response at half rate, shape (2, samples): noise whose top dies first."""
    count = int(room.seconds * HALF_RATE)
    rng = np.random.default_rng(seed)
    t = np.arange(count) / HALF_RATE
    white = rng.standard_normal((2, count))
    spectrum = np.fft.rfft(white)
    freqs = np.fft.rfftfreq(count, 1 / HALF_RATE)
    dull = np.fft.irfft(spectrum / (1 + (freqs / (room.dark * 0.35)) ** 2), count)
    body = np.fft.irfft(spectrum / (1 + (freqs / room.dark) ** 2) * (freqs > 130), count)
    tail = body * np.exp(-t * 11 / room.seconds) + dull * 0.8 * np.exp(-t * 6.9 / room.seconds)
    tail *= np.minimum(1, t / 0.012)
    delayed = np.pad(tail, ((0, 0), (int(0.014 * HALF_RATE), 0)))
    return np.asarray(delayed / np.sqrt((delayed**2).sum(axis=1, keepdims=True)), np.float32)


def convolve(dry: Signal, response: Signal) -> Signal:
    """Overlap-add convolution of one channel with both sides of a response; as long as `dry`."""
    size = 1 << max(15, (response.shape[1] * 2 - 1).bit_length())
    hop = size - response.shape[1] + 1
    blocks = -(-len(dry) // hop)
    framed = np.zeros((blocks, size), np.float32)
    framed[:, :hop] = np.pad(dry, (0, blocks * hop - len(dry))).reshape(blocks, hop)
    spectrum = np.fft.rfft(framed)
    out = np.zeros((2, blocks * hop + size), np.float32)
    for side in range(2):
        wet = np.fft.irfft(spectrum * np.fft.rfft(response[side], size), size)
        for i in range(blocks):
            out[side, i * hop : i * hop + size] += wet[i]
    return out[:, : len(dry)]


def doubled(wave: Signal, count: int) -> Signal:
    """From half rate back to `count` samples, by linear interpolation: the sends are dark."""
    out = np.empty((2, wave.shape[1] * 2), np.float32)
    out[:, ::2] = wave
    out[:, 1:-1:2] = (wave[:, :-1] + wave[:, 1:]) * np.float32(0.5)
    out[:, -1] = wave[:, -1]
    return out[:, :count]


def halved(wave: Signal) -> Signal:
    """Mono sum at half rate."""
    mono = wave.sum(axis=0)
    even = mono[: len(mono) // 2 * 2].reshape(-1, 2)
    return np.asarray(even.sum(axis=1) * np.float32(0.25), np.float32)


def echoed(send: Signal, step: int, feedback: float) -> Signal:
    """Repeats every `step` samples, left then right, each weaker; stops below -40 dB."""
    out = np.zeros((2, len(send)), np.float32)
    gain, turn = 1.0, 1
    while gain > 0.01 and step * turn < len(send):
        side = turn % 2
        out[side, step * turn :] += send[: -step * turn] * np.float32(gain)
        out[1 - side, step * turn :] += send[: -step * turn] * np.float32(gain * 0.3)
        gain, turn = gain * feedback, turn + 1
    return out


class Mix:
    """A piece being mixed: `play` puts a sound on a bus at a time, `master` gives the finished stereo."""

    def __init__(self, seconds: float, buses: dict[str, Bus]) -> None:
        self.count = samples(seconds) // 2 * 2
        self.buses = buses
        self.tape = {name: np.zeros((2, self.count), np.float32) for name in buses}
        self.kicks: list[float] = []

    def play(self, bus: str, at: float, sound: Signal, gain: float = 1.0, pan: float = 0.0) -> None:
        """Add a sound; `pan` -1 left to 1 right with constant power (a balance for stereo sounds)."""
        start = max(0, round(at * SAMPLE_RATE))
        length = min(sound.shape[-1], self.count - start)
        if length <= 0:
            return
        angle = (float(np.clip(pan + self.buses[bus].pan, -1, 1)) + 1) * np.pi / 4
        sides = (np.cos(angle) * gain * 2**0.5, np.sin(angle) * gain * 2**0.5)
        for side, level in enumerate(sides):
            wave = sound[side] if sound.ndim == 2 else sound
            self.tape[bus][side, start : start + length] += wave[:length] * np.float32(level)

    def wobble(self, buses: tuple[str, ...], depth: float, rate: float) -> None:
        """Tape flutter: read the buses up to `depth` seconds late, swaying at `rate` Hz."""
        angle = np.arange(self.count, dtype=np.float32) * np.float32(2 * np.pi * rate / SAMPLE_RATE)
        place = np.arange(self.count) - (1 - np.sin(angle)) * (depth / 2 * SAMPLE_RATE)
        index = np.maximum(place, 0).astype(np.intp)
        weight = np.maximum(place - index, 0).astype(np.float32)
        later = np.minimum(index + 1, self.count - 1)
        for bus in buses:
            for side in self.tape[bus]:
                early = side.take(index)
                side[:] = early + weight * (side.take(later) - early)

    def pump(self) -> Signal:
        """The side-chain's gain reduction, 0 (none) to 1 (all), from the kicks."""
        dip = np.zeros(self.count, np.float32)
        t = np.arange(samples(0.34)) / SAMPLE_RATE
        shape = (np.minimum(1, t / 0.004) * (1 - np.clip(t / 0.34, 0, 1)) ** 1.6).astype(np.float32)
        for kick in self.kicks:
            start = max(0, round(kick * SAMPLE_RATE))
            part = dip[start : start + len(shape)]
            np.maximum(part, shape[: len(part)], out=part)
        return dip

    def master(self, room: Room, echo: Echo, beat: float, drive: float, seed: int) -> NDArray[np.float32]:
        """Sum, send, clip softly, fade the last half second: float32 of shape (samples, 2), peak -1 dBFS."""
        dip = self.pump() if self.kicks else None
        total = np.zeros((2, self.count), np.float32)
        to_room = np.zeros(self.count // 2, np.float32)
        to_echo = np.zeros(self.count // 2, np.float32)
        for name, bus in self.buses.items():
            wave = self.tape.pop(name)
            wave *= np.float32(bus.gain)
            if dip is not None and bus.duck:
                wave *= 1 - np.float32(bus.duck) * dip
            total += wave
            if bus.room or bus.echo:
                send = halved(wave)
                to_room += send * np.float32(bus.room)
                to_echo += send * np.float32(bus.echo)
        wet = echoed(to_echo, int(echo.beats * beat * HALF_RATE), echo.feedback) * np.float32(echo.level)
        to_room += wet.sum(axis=0) * np.float32(0.35)
        wet += convolve(to_room, impulse(room, seed)) * np.float32(room.level * 2)
        total += doubled(wet, self.count)
        return finished(total, drive)


def finished(total: Signal, drive: float) -> NDArray[np.float32]:
    """Level by the loud parts, clip softly, remove DC, close both edges, set the peak."""
    loud = float(np.percentile(np.abs(total[:, ::16]), 99.5))
    total *= np.float32(drive / max(loud, 1e-6))
    np.tanh(total, out=total)
    total -= total.mean(axis=1, keepdims=True)
    fade = samples(0.6)
    total[:, -fade:] *= (np.cos(np.linspace(0, np.pi / 2, fade)) ** 2).astype(np.float32)
    total[:, :64] *= np.linspace(0, 1, 64, dtype=np.float32)
    total *= np.float32(CEILING / float(np.abs(total).max()))
    return np.ascontiguousarray(total.T)
