"""Time: sections in bars, and the clock that turns beats into seconds with swing, rubato and ritardando."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Part:
    """What a style asks for: a section's name, its share of the piece, how full it is (0 to 1)."""

    name: str
    share: float
    energy: float


@dataclass(frozen=True)
class Section:
    name: str
    first_bar: int
    bars: int
    energy: float


@dataclass(frozen=True)
class Bar:
    """One bar of the piece; `place` counts from 0 inside its section."""

    number: int
    place: int
    section: Section

    @property
    def last(self) -> bool:
        return self.place == self.section.bars - 1

    @property
    def energy(self) -> float:
        return self.section.energy


def allot(parts: Sequence[Part], bars: int) -> list[Section]:
    """Share out about `bars` in blocks of four (two if the piece is short), largest remainders first."""
    unit = 4 if bars // 4 >= len(parts) else 2
    blocks = max(len(parts), round(bars / unit))
    total = sum(part.share for part in parts)
    quotas = [blocks * part.share / total for part in parts]
    counts = [max(1, int(quota)) for quota in quotas]
    while sum(counts) < blocks:
        neediest = max(range(len(parts)), key=lambda i: (quotas[i] - counts[i], i))
        counts[neediest] += 1
    while sum(counts) > blocks:
        counts[max(range(len(parts)), key=lambda i: (counts[i] - quotas[i], counts[i]))] -= 1
    starts = np.cumsum([0, *counts[:-1]]) * unit
    return [
        Section(part.name, int(start), count * unit, part.energy)
        for part, start, count in zip(parts, starts, counts, strict=True)
    ]


@dataclass(frozen=True)
class Clock:
    """Beats to seconds. `swing` 0.5 is straight, 0.66 a triplet; it moves the off-beats of `grid` beats.

    `rubato` (beats) breathes over each `phrase`; `slowing` (seconds) is added over the last four beats.
    """

    tempo: float
    swing: float = 0.5
    grid: float = 0.5
    rubato: float = 0.0
    phrase: float = 16.0
    slowing: float = 0.0
    end: float = 0.0

    @property
    def beat(self) -> float:
        return 60.0 / self.tempo

    def swung(self, beat: float) -> float:
        pair = 2 * self.grid
        whole, rest = divmod(beat, pair)
        share = rest / pair
        bent = (
            share * self.swing / 0.5 if share <= 0.5 else self.swing + (share - 0.5) * (1 - self.swing) / 0.5
        )
        return (whole + bent) * pair

    def seconds(self, beat: float) -> float:
        swung = self.swung(beat)
        breath = self.rubato * np.sin(2 * np.pi * swung / self.phrase) ** 2
        over = max(0.0, swung - (self.end - 4)) / 4
        return float((swung + breath) * self.beat + self.slowing * over**2)
