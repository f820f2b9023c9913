"""Melodies that are remembered: a motif, its answer, a contrast and a return, bent to the chords."""

from dataclasses import dataclass, replace

import numpy as np

from studio.demo.music.theory import Chord, Scale, nearest


@dataclass(frozen=True)
class Note:
    """Beat and length in beats, pitch as MIDI number, force 0 to 1."""

    beat: float
    length: float
    pitch: int
    force: float


@dataclass(frozen=True)
class Motif:
    """Onsets and lengths in beats, and the steps of the scale each note lies from the first."""

    onsets: tuple[float, ...]
    lengths: tuple[float, ...]
    steps: tuple[int, ...]


def motif(rng: np.random.Generator, rhythms: tuple[tuple[float, ...], ...], span: float) -> Motif:
    """A rhythm of the style with a contour: mostly steps, one leap, turning back towards the start."""
    onsets = rhythms[int(rng.integers(len(rhythms)))]
    lengths = tuple(float(b - a) for a, b in zip(onsets, (*onsets[1:], span), strict=True))
    leap = int(rng.integers(1, max(2, len(onsets) - 1)))
    steps, height = [0], 0
    for i in range(1, len(onsets)):
        size = int(rng.integers(2, 5)) if i == leap else int(rng.integers(0, 3))
        upward = rng.random() < (0.75 if height < 2 else 0.2)
        height += size if upward else -size
        steps.append(int(np.clip(height, -4, 6)))
    return Motif(tuple(onsets), lengths, tuple(steps))


def varied(rng: np.random.Generator, source: Motif) -> Motif:
    """The answer: same rhythm and opening, another ending."""
    keep = max(1, len(source.steps) // 2)
    tail = tuple(int(np.clip(step + rng.integers(-2, 2), -5, 6)) for step in source.steps[keep:])
    return replace(source, steps=source.steps[:keep] + tail)


def moved(source: Motif, steps: int) -> Motif:
    """The same figure higher or lower on the scale (a sequence)."""
    return replace(source, steps=tuple(step + steps for step in source.steps))


def sung(source: Motif, at: float, chord: Chord, scale: Scale, centre: int) -> list[Note]:
    """Place a motif over a chord: starts near `centre`, strong or long notes on tones of the chord."""
    ladder = scale.pitches(centre - 17, centre + 19)
    first = min(range(len(ladder)), key=lambda i: abs(ladder[i] - nearest(centre, chord.tones)))
    notes = []
    for onset, length, step in zip(source.onsets, source.lengths, source.steps, strict=True):
        pitch = ladder[int(np.clip(first + step, 0, len(ladder) - 1))]
        strong = onset % 2 == 0 or length >= 1
        pitch = nearest(pitch, chord.tones) if strong else pitch
        notes.append(Note(at + onset, length * 0.95, pitch, 0.8 if onset % 1 == 0 else 0.66))
    return notes


def tune(
    rng: np.random.Generator,
    rhythms: tuple[tuple[float, ...], ...],
    chords: list[tuple[float, Chord]],
    scale: Scale,
    centre: int,
    span: float,
) -> list[Note]:
    """A melody over `chords` (beat, chord), one motif per chord of `span` beats, in the order a a' b a'."""
    a = motif(rng, rhythms, span)
    answer, contrast = varied(rng, a), motif(rng, rhythms, span)
    shapes = (a, answer, moved(a, int(rng.integers(1, 3))), answer, a, answer, contrast, answer)
    notes: list[Note] = []
    for i, (beat, chord) in enumerate(chords):
        notes += sung(shapes[i % len(shapes)], beat, chord, scale, centre)
    if notes and chords:
        home = nearest(notes[-1].pitch, chords[-1][1].tones[:3])
        notes[-1] = replace(notes[-1], pitch=home)
    return notes
