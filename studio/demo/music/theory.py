"""Pitch: chord symbols, scales and voice leading. Pitches are MIDI numbers (69 = A4 = 440 Hz)."""

import re
from dataclasses import dataclass
from itertools import pairwise

LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
ACCIDENTALS = {"": 0, "#": 1, "b": -1}
QUALITIES: dict[str, tuple[int, ...]] = {
    "": (0, 4, 7),
    "m": (0, 3, 7),
    "5": (0, 7),
    "6": (0, 4, 7, 9),
    "m6": (0, 3, 7, 9),
    "7": (0, 4, 7, 10),
    "m7": (0, 3, 7, 10),
    "maj7": (0, 4, 7, 11),
    "9": (0, 4, 7, 10, 14),
    "m9": (0, 3, 7, 10, 14),
    "maj9": (0, 4, 7, 11, 14),
    "m11": (0, 3, 7, 10, 17),
    "13": (0, 4, 10, 14, 21),
    "7b9": (0, 4, 7, 10, 13),
    "add9": (0, 4, 7, 14),
    "madd9": (0, 3, 7, 14),
    "sus2": (0, 2, 7),
    "sus4": (0, 5, 7),
    "dim7": (0, 3, 6, 9),
    "m7b5": (0, 3, 6, 10),
}
SCALES: dict[str, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "minor pentatonic": (0, 3, 5, 7, 10),
    "major pentatonic": (0, 2, 4, 7, 9),
}
SYMBOL = re.compile(r"([A-G])([#b]?)([^/]*)(?:/([A-G])([#b]?))?")


@dataclass(frozen=True)
class Chord:
    """A chord as pitch classes: `tones[0]` is the root, `bass` what the bass plays."""

    symbol: str
    tones: tuple[int, ...]
    bass: int


def chord(symbol: str, transpose: int = 0) -> Chord:
    """Read a symbol such as ``F#m9`` or ``C/E`` and transpose it by semitones; ValueError if unreadable."""
    match = SYMBOL.fullmatch(symbol)
    if match is None or match[3] not in QUALITIES:
        raise ValueError(f"not a chord symbol: {symbol!r}")
    root = LETTERS[match[1]] + ACCIDENTALS[match[2]] + transpose
    bass = LETTERS[match[4]] + ACCIDENTALS[match[5]] + transpose if match[4] else root
    return Chord(symbol, tuple((root + step) % 12 for step in QUALITIES[match[3]]), bass % 12)


def progression(symbols: str, transpose: int = 0) -> list[Chord]:
    return [chord(symbol, transpose) for symbol in symbols.split()]


@dataclass(frozen=True)
class Scale:
    """A mode on a tonic pitch class; degrees count from the tonic at or above `base`."""

    tonic: int
    steps: tuple[int, ...]

    @property
    def classes(self) -> frozenset[int]:
        return frozenset((self.tonic + step) % 12 for step in self.steps)

    def pitches(self, low: int, high: int) -> list[int]:
        """All pitches of the scale from `low` to `high`, both included, ascending."""
        return [pitch for pitch in range(low, high + 1) if pitch % 12 in self.classes]


def scale(name: str, tonic: str, transpose: int = 0) -> Scale:
    letter, accidental = tonic[0], tonic[1:]
    return Scale((LETTERS[letter] + ACCIDENTALS[accidental] + transpose) % 12, SCALES[name])


def above(pitch_class: int, low: int) -> int:
    """The lowest pitch of that class at or above `low`."""
    return low + (pitch_class - low) % 12


def nearest(pitch: int, classes: frozenset[int] | tuple[int, ...]) -> int:
    """The pitch of one of `classes` closest to `pitch`; the lower one when two are as close."""
    return min(range(pitch - 6, pitch + 7), key=lambda p: (p % 12 not in classes, abs(p - pitch), p))


def close_positions(tones: tuple[int, ...], low: int, high: int) -> list[tuple[int, ...]]:
    """Every stacking of the chord within [low, high] whose neighbours are as close as the order allows."""
    found = []
    for turn in range(len(tones)):
        order = tones[turn:] + tones[:turn]
        for bottom in range(above(order[0], low), high, 12):
            stack = [bottom]
            for tone in order[1:]:
                stack.append(above(tone, stack[-1] + 1))
            found.append(tuple(stack))
            if len(stack) > 3:  # drop 2: the second voice from the top an octave down opens the sound
                found.append(tuple(sorted([*stack[:-2], stack[-2] - 12, stack[-1]])))
    return [stack for stack in found if low <= min(stack) and max(stack) <= high]


def lead(previous: tuple[int, ...], tones: tuple[int, ...], low: int, high: int) -> tuple[int, ...]:
    """The stacking in reach that moves the voices least from `previous`, avoiding semitone rubs low down."""
    centre = (low + high) / 2

    def cost(stack: tuple[int, ...]) -> float:
        moves = sum(min(abs(a - b) for b in previous) for a in stack) if previous else 0
        rubs = sum(6 for a, b in pairwise(stack) if b - a < 2 or (b - a < 3 and a < 52))
        return moves + rubs + 0.35 * abs(sum(stack) / len(stack) - centre)

    options: list[tuple[int, ...]] = []
    widen = 0
    while not options:  # five voices may need more room than asked for
        options = close_positions(tones, low - widen, high + widen)
        widen += 1
    return min(options, key=lambda stack: (cost(stack), stack))


def voicings(chords: list[Chord], low: int, high: int, rootless: bool = False) -> list[tuple[int, ...]]:
    """One stacking per chord, led from the one before; `rootless` leaves big chords' roots to the bass."""
    stacks: list[tuple[int, ...]] = []
    for each in chords:
        tones = each.tones[1:] if rootless and len(each.tones) > 4 else each.tones
        stacks.append(lead(stacks[-1] if stacks else (), tones, low, high))
    return stacks
