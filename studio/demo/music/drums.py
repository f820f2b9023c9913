"""Drums as one-shots. Every function gives a mono signal near unit peak; a kit is made once per piece."""

import numpy as np

from studio.demo.music.tones import SAMPLE_RATE, Signal, clock, decay, modal, noise, shaped


def _peak(wave: Signal) -> Signal:
    return np.asarray(wave / max(1e-6, float(np.abs(wave).max())), np.float32)


def kick(low: float, sweep: float, rate: float, click: float, seconds: float = 0.45) -> Signal:
    """A sine falling from `low + sweep` to `low` Hz; `rate` is the amplitude's decay in 1/s."""
    t = clock(seconds)
    angle = 2 * np.pi * (low * t + sweep * (1 - np.exp(-t * 32)) / 32)
    tick = noise(np.random.default_rng(1), seconds, 1500, 7000) * np.exp(-t * 300) * click * 0.25
    return _peak(shaped((np.sin(angle) * np.exp(-t * rate) + tick).astype(np.float32), 0.0008, 0.03))


def snare(rng: np.random.Generator, tone: float, rate: float, bright: float, seconds: float = 0.28) -> Signal:
    """Two membrane modes under a burst of wires; `bright` is the wires' upper edge in Hz."""
    wires = noise(rng, seconds, 700, bright) * decay(seconds, rate) * np.float32(0.32)
    skin = modal(np.array([tone, tone * 1.6]), np.array([0.8, 0.35]), np.array([24.0, 32.0]), seconds)
    return _peak(shaped(wires + skin, 0.0008, 0.03))


def clap(rng: np.random.Generator, seconds: float = 0.3) -> Signal:
    """Four hands a few milliseconds apart, then the room."""
    t = clock(seconds)
    hands = sum(
        np.exp(-np.maximum(0, t - late) * (260 if late < 0.03 else 17)) * (t >= late)
        for late in (0, 0.010, 0.021, 0.031)
    )
    return _peak(shaped((noise(rng, seconds, 800, 5200) * hands).astype(np.float32), 0.0008, 0.05))


def hat(rng: np.random.Generator, rate: float, low: float = 6500.0, seconds: float = 0.25) -> Signal:
    """Metal: six inharmonic squares' worth of partials in noise above `low` Hz."""
    ring = modal(
        np.array([6210.0, 7430.0, 8120.0, 9350.0, 10710.0, 12210.0]),
        np.full(6, 0.16),
        np.full(6, rate * 0.8),
        seconds,
    )
    return _peak(
        shaped(noise(rng, seconds, low, 15_000) * decay(seconds, rate) * np.float32(0.4) + ring, 0.0006, 0.03)
    )


def shaker(rng: np.random.Generator) -> Signal:
    t = clock(0.11)
    grains = noise(rng, 0.11, 4200, 12_000) * np.exp(-(((t - 0.035) / 0.026) ** 2)).astype(np.float32)
    return _peak(shaped(grains, 0.01, 0.03))


def rim(tone: float = 1720.0) -> Signal:
    return _peak(
        shaped(
            modal(
                np.array([tone, tone * 0.47, 510.0]),
                np.array([0.8, 0.5, 0.3]),
                np.array([90.0, 70.0, 60.0]),
                0.09,
            ),
            0.0005,
            0.02,
        )
    )


def drum(tone: float, rate: float, bend: float = 0.25) -> Signal:
    """A tom, conga or surdo: a membrane whose pitch settles by `bend`."""
    t = clock(0.5)
    angle = 2 * np.pi * tone * (t + bend * (1 - np.exp(-t * 24)) / 24)
    skin = np.sin(angle) * np.exp(-t * rate) + 0.3 * np.sin(1.59 * angle) * np.exp(-t * rate * 2.2)
    return _peak(shaped(skin.astype(np.float32), 0.001, 0.05))


def brush(rng: np.random.Generator) -> Signal:
    t = clock(0.22)
    return _peak(shaped(noise(rng, 0.22, 1200, 6500) * (t * np.exp(-t * 26)).astype(np.float32), 0.01, 0.05))


def tambourine(rng: np.random.Generator) -> Signal:
    return _peak(
        shaped(
            noise(rng, 0.16, 5200, 13_000) * decay(0.16, 34.0) + 0.3 * hat(rng, 26.0, 7800, 0.16), 0.002, 0.04
        )
    )


def crash(rng: np.random.Generator, seconds: float = 1.8) -> Signal:
    return _peak(shaped(noise(rng, seconds, 2600, 13_000) * decay(seconds, 2.4), 0.002, 0.5))


def riser(rng: np.random.Generator, seconds: float) -> Signal:
    """Noise swelling towards the next section."""
    swell = np.linspace(0, 1, int(seconds * SAMPLE_RATE)) ** 2.4
    wave = noise(rng, seconds, 900, 9000)
    return _peak(shaped((wave[: len(swell)] * swell[: len(wave)]).astype(np.float32), 0.05, 0.02))
