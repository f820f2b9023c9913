"""Sound sources without loops over samples: damped partials, swept wavetables, FM, shaped noise.

Signals are float32; one channel has shape (samples,), two have shape (2, samples). Times are seconds.
"""

from collections.abc import Callable
from functools import cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 44_100
BLOCK = 256
TABLE = 2_048
LEVELS_PER_OCTAVE = 24
TOP_LEVEL = 9 * LEVELS_PER_OCTAVE

Signal: TypeAlias = NDArray[np.float32]
Vector: TypeAlias = NDArray[np.float64]


def samples(seconds: float) -> int:
    return round(seconds * SAMPLE_RATE)


def hertz(midi: float) -> float:
    return float(440.0 * 2.0 ** ((midi - 69.0) / 12.0))


def clock(seconds: float) -> Vector:
    """The time of each sample."""
    return np.arange(samples(seconds)) / SAMPLE_RATE


def modal(
    freqs: Vector, amps: Vector, decays: Vector, seconds: float, phases: Vector | None = None
) -> Signal:
    """Sum of damped sinusoids a·exp(-d·t)·sin(2π·f·t + p), d in 1/s.

    exp(s·(block + offset)) = exp(s·block)·exp(s·offset), so the whole sum is one matrix product.
    """
    keep = freqs < SAMPLE_RATE * 0.42
    freqs, amps, decays = freqs[keep], amps[keep], decays[keep]
    start = np.zeros(len(freqs)) if phases is None else phases[keep]
    count = samples(seconds)
    step = (2j * np.pi * freqs - decays) / SAMPLE_RATE
    blocks = np.arange(-(-count // BLOCK))[:, None] * BLOCK
    outer = amps * np.exp(1j * start + step * blocks)
    inner = np.exp(step[:, None] * np.arange(BLOCK))
    left = np.hstack([outer.real, outer.imag]).astype(np.float32)
    right = np.vstack([inner.imag, inner.real]).astype(np.float32)
    return (left @ right).reshape(-1)[:count]


@cache
def bank(shape: str, resonance: float) -> Signal:
    """Wavetables of one shape behind a low-pass at each level, flat: level·(TABLE + 1) + position.

    Level L cuts at 2^(L / LEVELS_PER_OCTAVE) times the fundamental: sweeping the level sweeps the filter.
    """
    k = np.arange(1, TABLE // 2 + 1, dtype=np.float64)
    amps = HARMONICS[shape](k)
    cut = 2.0 ** (np.arange(TOP_LEVEL + 1)[:, None] / LEVELS_PER_OCTAVE)
    ratio = k / cut
    response = 1 / np.sqrt(1 + ratio**8) + resonance * np.exp(-(((ratio - 1) / 0.22) ** 2))
    spectrum = np.zeros((TOP_LEVEL + 1, TABLE // 2 + 1), np.complex128)
    spectrum[:, 1:] = -0.5j * TABLE * amps * response
    tables = np.fft.irfft(spectrum, axis=1)
    return np.hstack([tables, tables[:, :1]]).astype(np.float32).reshape(-1)


def _pulse(duty: float, k: Vector) -> Vector:
    return 2 * np.sin(np.pi * k * duty) / (np.pi * k)


HARMONICS: dict[str, Callable[[Vector], Vector]] = {
    "saw": lambda k: 2 / (np.pi * k),
    "square": lambda k: np.where(k % 2 == 1, 4 / (np.pi * k), 0.0),
    "triangle": lambda k: np.where(k % 2 == 1, 8 / (np.pi**2 * k**2) * np.cos(np.pi * (k - 1) / 2), 0.0),
    "pulse25": lambda k: _pulse(0.25, k),
    "pulse12": lambda k: _pulse(0.125, k),
}


def swept(
    shape: str,
    freq: float | Vector,
    cutoff: float | Vector,
    seconds: float,
    phase: float = 0.0,
    resonance: float = 0.3,
) -> Signal:
    """A band-limited wave through a moving low-pass; `freq` and `cutoff` in Hz, constant or per sample."""
    count = samples(seconds)
    if isinstance(freq, float):
        turns = phase + np.arange(count) * (freq / SAMPLE_RATE)
    else:
        turns = phase + np.cumsum(freq[:count]) / SAMPLE_RATE
    pitch = freq if isinstance(freq, float) else freq[:count]
    limit = np.minimum(cutoff if isinstance(cutoff, float) else cutoff[:count], SAMPLE_RATE * 0.3)
    level = np.clip(np.log2(np.maximum(limit / pitch, 1.0)) * LEVELS_PER_OCTAVE, 0, TOP_LEVEL)
    place = (turns - np.floor(turns)) * TABLE
    index = place.astype(np.intp)
    weight = (place - index).astype(np.float32)
    index += np.asarray(level).astype(np.intp) * (TABLE + 1)
    table = bank(shape, resonance)
    low = table.take(index)
    wave: Signal = low + weight * (table.take(index + 1) - low)
    return wave


def fm(freq: float, ratio: float, index: Vector, seconds: float) -> Signal:
    """Two-operator FM: sin(φ + I(t)·sin(ratio·φ)), after Chowning 1973."""
    angle = 2 * np.pi * freq * clock(seconds)
    return np.sin(angle + index * np.sin(ratio * angle)).astype(np.float32)


def noise(rng: np.random.Generator, seconds: float, low: float, high: float) -> Signal:
    """White noise with soft band edges at `low` and `high` Hz, RMS 1."""
    count = samples(seconds)
    size = 1 << (count - 1).bit_length()
    spectrum = np.fft.rfft(rng.standard_normal(size))
    freqs = np.fft.rfftfreq(size, 1 / SAMPLE_RATE)
    spectrum /= np.sqrt(1 + (freqs / high) ** 8) * np.sqrt(1 + (low / np.maximum(freqs, 1.0)) ** 8)
    wave = np.fft.irfft(spectrum)[:count]
    return np.asarray(wave / np.sqrt(np.mean(wave**2)), np.float32)


def decay(seconds: float, rate: float) -> Signal:
    return np.exp(-rate * clock(seconds)).astype(np.float32)


def shaped(wave: Signal, attack: float, release: float) -> Signal:
    """Raised-cosine edges: no click at either end."""
    out = wave.copy()
    count = out.shape[-1]
    rise, fall = min(samples(attack), count), min(samples(release), count)
    if rise:
        out[..., :rise] *= (0.5 - 0.5 * np.cos(np.pi * np.arange(rise) / rise)).astype(np.float32)
    if fall:
        out[..., -fall:] *= (0.5 + 0.5 * np.cos(np.pi * np.arange(1, fall + 1) / fall)).astype(np.float32)
    return out
