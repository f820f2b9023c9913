"""Instruments: (midi, seconds, force 0..1) -> signal near unit peak. Most are sums of damped partials."""

import numpy as np

from studio.demo.music.tones import (
    SAMPLE_RATE,
    Signal,
    Vector,
    clock,
    decay,
    fm,
    hertz,
    modal,
    noise,
    samples,
    shaped,
    swept,
)


def _level(wave: Signal, peak: float) -> Signal:
    return wave * np.float32(peak / max(1e-6, float(np.abs(wave).max())))


def _partials(freq: float, count: int, stiffness: float) -> tuple[Vector, Vector]:
    """Partial numbers and their frequencies on a stiff string (Fletcher 1964)."""
    k = np.arange(1, count + 1, dtype=np.float64)
    return k, k * freq * np.sqrt(1 + stiffness * k * k)


def felt_piano(midi: int, seconds: float, force: float) -> Signal:
    """Two slightly mistuned strings under felt: dark, with a fast and a slow decay and a soft thump."""
    freq = hertz(midi)
    k, freqs = _partials(freq, int(np.clip(5200 / freq, 4, 24)), 0.00045)
    amps = k**-1.1 * np.exp(-k * freq / (850 + 1900 * force)) * np.abs(np.sin(np.pi * k / 7.3) + 0.25)
    slow = 0.35 * (freq / 220) ** 0.55 + 0.10 * k
    twins = np.concatenate([freqs, freqs * 1.00035])
    rates = np.concatenate([slow * 3.2, slow])
    wave = modal(twins, np.concatenate([amps, 0.6 * amps]), rates, seconds)
    thump = modal(
        np.array([92.0, 171.0, 287.0]), np.array([0.9, 0.5, 0.3]), np.array([38.0, 52.0, 70.0]), seconds
    )
    return shaped(_level(wave, 0.85) + thump * np.float32(0.06), 0.004, min(0.35, seconds / 3)) * np.float32(
        force
    )


def rhodes(midi: int, seconds: float, force: float) -> Signal:
    """Electric piano by FM: a tine that barks when struck hard, with slow stereo tremolo."""
    freq, t = hertz(midi), clock(seconds)
    body = fm(freq, 1.0, (0.35 + 1.5 * force) * np.exp(-t * 3.5), seconds) * decay(seconds, 0.9 + freq / 500)
    tine = np.sin(2 * np.pi * freq * 7.0 * t) * np.exp(-t * 14) * 0.10 * force
    mono = shaped((body + tine).astype(np.float32), 0.003, min(0.12, seconds / 4)) * np.float32(0.75 * force)
    sway = (0.22 * np.sin(2 * np.pi * 4.6 * t)).astype(np.float32)
    return np.stack([mono * (1 + sway), mono * (1 - sway)])


def _string(midi: int, seconds: float, force: float, bright: float, damping: float) -> Signal:
    """A plucked string: the pluck point combs the partials, high ones die first, two planes beat."""
    freq = hertz(midi)
    k, freqs = _partials(freq, int(np.clip(7000 / freq, 6, 40)), 0.00012)
    colour = np.exp(-k * freq / (bright * (0.5 + force)))
    body = 1 + 0.9 * np.exp(-(((freqs - 110) / 45) ** 2)) + 0.6 * np.exp(-(((freqs - 215) / 60) ** 2))
    amps = np.abs(np.sin(np.pi * k * 0.19)) / k**0.9 * colour * body
    rates = damping * (0.55 + freq / 420 + 0.012 * k * k)
    twins = np.concatenate([freqs, freqs * 1.0006])
    return modal(twins, np.concatenate([amps, 0.5 * amps]), np.concatenate([rates, rates * 0.55]), seconds)


def steel_guitar(midi: int, seconds: float, force: float) -> Signal:
    wave = _level(_string(midi, seconds, force, 3600.0, 1.3), 0.8)
    return shaped(wave, 0.0012, min(0.09, seconds / 4)) * np.float32(force)


def nylon_guitar(midi: int, seconds: float, force: float) -> Signal:
    wave = _level(_string(midi, seconds, force, 2000.0, 2.4), 0.8)
    return shaped(wave, 0.003, min(0.08, seconds / 4)) * np.float32(force)


def upright_bass(midi: int, seconds: float, force: float) -> Signal:
    wave = _level(_string(midi, seconds, force, 420.0, 2.2), 0.9)
    return shaped(wave, 0.006, min(0.07, seconds / 3)) * np.float32(force)


def marimba(midi: int, seconds: float, force: float) -> Signal:
    """A tuned bar: partials at 1, 3.93 and 9.2 times, over a short mallet knock."""
    freq = hertz(midi)
    ratios = np.array([1.0, 3.93, 9.2, 1.002])
    rates = np.array([4.5, 13.0, 30.0, 3.4]) * (freq / 330) ** 0.5
    amps = np.array([0.9, 0.20 * force, 0.07 * force, 0.4])
    return shaped(modal(freq * ratios, amps, rates, seconds), 0.0015, 0.05) * np.float32(0.75 * force)


def vibraphone(midi: int, seconds: float, force: float) -> Signal:
    """Like the marimba, but metal: long ring and the motor's tremolo."""
    freq = hertz(midi)
    wave = modal(
        freq * np.array([1.0, 4.0, 10.1]),
        np.array([0.8, 0.14 * force, 0.04]),
        np.array([1.5, 4.0, 14.0]),
        seconds,
    )
    motor = (1 + 0.22 * np.sin(2 * np.pi * 5.2 * clock(seconds))).astype(np.float32)
    return shaped(wave * motor, 0.002, min(0.25, seconds / 3)) * np.float32(0.8 * force)


def bell(midi: int, seconds: float, force: float) -> Signal:
    """A glassy FM bell."""
    t = clock(seconds)
    wave = fm(hertz(midi), 3.5, 1.6 * force * np.exp(-t * 4), seconds) * decay(seconds, 1.8)
    return shaped(wave, 0.004, min(0.4, seconds / 2)) * np.float32(0.6 * force)


def pad(midi: int, seconds: float, force: float) -> Signal:
    """A slow choir of beating partials, different left and right; `force` opens the top."""
    freq = hertz(midi)
    rng = np.random.default_rng(midi)
    k = np.arange(1, int(np.clip(3600 / freq, 3, 14)) + 1, dtype=np.float64)
    amps = k**-1.15 * np.exp(-k * freq / (600 + 2800 * force))
    sides = []
    for _ in range(2):
        spread = 1 + rng.normal(0, 0.0018, (3, len(k)))
        freqs = (k * freq * spread).ravel()
        sides.append(
            modal(freqs, np.tile(amps, 3), np.zeros_like(freqs), seconds, rng.uniform(0, 6.28, len(freqs)))
        )
    wave = np.stack(sides) * np.float32(0.24 / amps.sum() ** 0.5)
    return shaped(wave, min(1.1, seconds * 0.35), min(1.4, seconds * 0.4))


def strings(midi: int, seconds: float, force: float) -> Signal:
    """Detuned saws through a filter that opens and closes over the note."""
    t = clock(seconds)
    cutoff = hertz(midi) * (1.5 + 5 * force * np.sin(np.pi * np.minimum(1, t / seconds)) ** 0.7)
    sides = [
        swept("saw", hertz(midi + a), cutoff, seconds, p, 0.05)
        + swept("saw", hertz(midi + b), cutoff, seconds, q, 0.05)
        for a, b, p, q in ((-0.09, 0.05, 0.1, 0.6), (0.09, -0.04, 0.4, 0.85))
    ]
    return shaped(np.stack(sides) * np.float32(0.30), min(0.5, seconds / 4), min(0.6, seconds / 3))


def analog_chord(midi: int, seconds: float, force: float) -> Signal:
    """A polysynth stab or swell: four saws, filter envelope from bright to mellow."""
    cutoff = 280 + (900 + 3200 * force) * np.exp(-clock(seconds) * 2.2)
    sides = [
        sum(swept("saw", hertz(midi + cents), cutoff, seconds, turn, 0.25) for cents, turn in pair)
        for pair in (((-0.12, 0.0), (0.05, 0.3)), ((0.12, 0.5), (-0.06, 0.8)))
    ]
    wave = np.stack([np.asarray(side, np.float32) for side in sides])
    return shaped(wave * np.float32(0.28), 0.012, min(0.3, seconds / 3))


def organ(midi: int, seconds: float, force: float) -> Signal:
    """Drawbars 16', 8', 4', 2 2/3' with a percussive second partial: the house organ."""
    freq = hertz(midi)
    ratios, amps = (
        np.array([0.5, 1.0, 2.0, 3.0, 4.0, 2.0]),
        np.array([0.5, 0.9, 0.5, 0.28, 0.12, 0.5 * force]),
    )
    rates = np.array([0.4, 0.4, 0.6, 0.8, 1.0, 16.0])
    return shaped(modal(freq * ratios, amps, rates, seconds), 0.004, min(0.06, seconds / 3)) * np.float32(
        0.42 * force
    )


def sub_bass(midi: int, seconds: float, force: float) -> Signal:
    """A sine with a little second and third partial so that small speakers show it."""
    freq = hertz(midi)
    wave = modal(
        freq * np.array([1.0, 2.0, 3.0]),
        np.array([0.85, 0.22 * force, 0.10 * force]),
        np.full(3, 0.5),
        seconds,
    )
    return shaped(wave, 0.006, min(0.05, seconds / 3)) * np.float32(force)


def synth_bass(midi: int, seconds: float, force: float) -> Signal:
    """A saw and a square below it, plucked by the filter."""
    freq = hertz(midi)
    cutoff = freq * 1.5 + (300 + 1700 * force) * np.exp(-clock(seconds) * 9)
    wave = swept("saw", freq, cutoff, seconds, 0.0, 0.5) + 0.6 * swept(
        "square", freq * 1.003, cutoff, seconds, 0.2, 0.2
    )
    return shaped(wave * np.float32(0.55), 0.003, min(0.03, seconds / 3)) * np.float32(0.5 + 0.5 * force)


def reese(midi: int, seconds: float, force: float) -> Signal:
    """Two saws a few cents apart over a sub, the filter moving slowly: the bass of drum & bass."""
    freq, t = hertz(midi), clock(seconds)
    cutoff = 190 + 620 * force * (0.5 - 0.5 * np.cos(2 * np.pi * t / max(0.5, seconds)))
    sub = np.sin(2 * np.pi * freq * t).astype(np.float32) * np.float32(0.75)
    sides = [
        sub
        + np.float32(0.45)
        * (swept("saw", freq * a, cutoff, seconds, p) + swept("saw", freq * b, cutoff, seconds, q))
        for a, b, p, q in ((0.992, 1.009, 0.1, 0.6), (0.994, 1.011, 0.3, 0.9))
    ]
    return shaped(np.stack(sides), 0.008, min(0.05, seconds / 3)) * np.float32(0.62)


def lead(midi: int, seconds: float, force: float) -> Signal:
    """A singing two-saw lead; the vibrato comes in late."""
    t = clock(seconds)
    wave = 2.0 ** (0.18 / 12 * np.clip((t - 0.25) / 0.4, 0, 1) * np.sin(2 * np.pi * 5.4 * t))
    cutoff = 700 + (1200 + 2600 * force) * np.exp(-t * 1.8)
    sides = [
        swept("saw", hertz(midi + cents) * wave, cutoff, seconds, turn, 0.35)
        for cents, turn in ((-0.07, 0.0), (0.08, 0.37))
    ]
    return shaped(np.stack(sides) * np.float32(0.5 * force), 0.012, min(0.12, seconds / 3))


def flute(midi: int, seconds: float, force: float) -> Signal:
    """Three partials, breath and a late vibrato."""
    t = clock(seconds)
    bend = 0.10 / 12 * np.clip((t - 0.2) / 0.5, 0, 1) * np.sin(2 * np.pi * 4.9 * t)
    angle = 2 * np.pi * np.cumsum(hertz(midi) * 2.0**bend) / SAMPLE_RATE
    tone = np.sin(angle) + 0.28 * force * np.sin(2 * angle) + 0.10 * force * np.sin(3 * angle)
    breath = noise(np.random.default_rng(midi), seconds, 900, 5200) * np.exp(-t * 6) * 0.05
    return shaped((0.62 * tone + breath).astype(np.float32), 0.045, min(0.10, seconds / 3)) * np.float32(
        force
    )


def chip(shape: str, midi: int, seconds: float, rate: float) -> Signal:
    """A game console's pulse: fast stepped decay, late vibrato, no filter."""
    t = clock(seconds)
    bend: Vector = np.exp2(0.16 / 12 * (t > 0.18) * np.sin(2 * np.pi * 6.5 * t))
    steps = np.floor(15 * np.exp(-rate * t)) / 15
    return shaped(
        swept(shape, hertz(midi) * bend, 14_000.0, seconds) * steps.astype(np.float32), 0.001, 0.004
    )


def chip_arpeggio(pitches: tuple[int, ...], seconds: float) -> Signal:
    """One pulse voice running through a chord at 50 Hz, as three-voice chips play harmony."""
    order: Vector = np.array([hertz(pitch) for pitch in pitches], np.float64)
    freq = order.take((np.arange(samples(seconds)) * 50 // SAMPLE_RATE) % len(order))
    return shaped(swept("pulse25", freq, 11_000.0, seconds) * np.float32(0.6), 0.002, 0.01)
