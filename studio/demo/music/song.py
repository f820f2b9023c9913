"""A piece being written: its style, form and harmony, and short words for putting notes on the desk."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from studio.demo.music.form import Bar, Clock, Part, Section, allot
from studio.demo.music.melody import Note, tune
from studio.demo.music.mixdown import Bus, Echo, Mix, Room
from studio.demo.music.theory import Chord, Scale, progression, scale, voicings
from studio.demo.music.tones import Signal

T = TypeVar("T")
Instrument = Callable[[int, float, float], Signal]
FORCE = {"X": 1.0, "x": 0.72, "o": 0.42, ".": 0.0}


@dataclass(frozen=True)
class Style:
    """How a kind of music is made. Progressions are written in `tonic`'s key and transposed by the seed."""

    name: str
    write: Callable[["Song"], None]
    tempo: tuple[float, float]
    tonic: str
    mode: str
    progressions: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    buses: dict[str, Bus]
    beats: int = 4
    chord_beats: float = 4.0
    swing: float = 0.5
    grid: float = 0.25
    rubato: float = 0.0
    slowing: float = 0.0
    loose: float = 0.006
    voices: tuple[int, int] = (52, 74)
    rootless: bool = False
    tail: float = 4.0
    room: Room = field(default_factory=Room)
    echo: Echo = field(default_factory=Echo)
    drive: float = 1.0
    best: str = "chorus"


@dataclass(frozen=True)
class Slot:
    """One chord sounding from `beat` for `length` beats, as voiced."""

    beat: float
    length: float
    chord: Chord
    stack: tuple[int, ...]
    bar: Bar

    def root(self, low: int) -> int:
        return low + (self.chord.bass - low) % 12


class Song:
    def __init__(self, style: Style, seed: int, seconds: float) -> None:
        self.style = style
        self.rng = np.random.default_rng([seed, *style.name.encode()])
        self.seed = seed
        self.tempo = round(float(self.rng.uniform(*style.tempo)), 1)
        self.shift = int(self.rng.integers(-5, 4))
        self.scale: Scale = scale(style.mode, style.tonic, self.shift)
        self.verse, self.chorus = (
            progression(symbols, self.shift) for symbols in self.choose(style.progressions)
        )
        bar_seconds = style.beats * 60 / self.tempo
        self.sections: list[Section] = allot(style.parts, round((seconds - style.tail) / bar_seconds))
        self.bar_count = sum(section.bars for section in self.sections)
        self.end = float(self.bar_count * style.beats)
        self.clock = Clock(
            self.tempo, style.swing, style.grid, style.rubato, 4.0 * style.beats, style.slowing, self.end
        )
        self.mix = Mix(self.clock.seconds(self.end) + style.tail, style.buses)
        self._sounds: dict[tuple[Instrument, int, int, int], Signal] = {}

    def bars(self) -> Iterator[Bar]:
        for section in self.sections:
            for place in range(section.bars):
                yield Bar(section.first_bar + place, place, section)

    def harmony(self, section: Section) -> list[Chord]:
        """Choruses, drops and sections called b have their own progression."""
        return self.chorus if section.name in {"chorus", "drop", "b"} else self.verse

    @cached_property
    def slots(self) -> list[Slot]:
        """The whole harmonic rhythm, voices led from start to end."""
        step, beats = self.style.chord_beats, self.style.beats
        raw: list[tuple[float, Chord, Bar]] = []
        for bar in self.bars():
            beat = bar.place * beats
            if beat % max(step, beats):
                continue
            chords = self.harmony(bar.section)
            raw += [
                (bar.number * beats + i * step, chords[int(beat / step + i) % len(chords)], bar)
                for i in range(max(1, round(beats / step)))
            ]
        stacks = voicings([chord for _, chord, _ in raw], *self.style.voices, rootless=self.style.rootless)
        limit = {s.name + str(s.first_bar): (s.first_bar + s.bars) * float(beats) for s in self.sections}
        return [
            Slot(
                beat,
                min(step, limit[bar.section.name + str(bar.section.first_bar)] - beat),
                chord,
                stack,
                bar,
            )
            for (beat, chord, bar), stack in zip(raw, stacks, strict=True)
        ]

    @cached_property
    def home(self) -> Slot:
        """The last chord, on the beat after the last bar."""
        last = Bar(self.bar_count, 0, self.sections[-1])
        chords = [self.slots[-1].chord, self.verse[0]]
        stack = voicings(chords, *self.style.voices, rootless=self.style.rootless)[-1]
        return Slot(self.end, 4.0, self.verse[0], stack, last)

    def seconds(self, beats: float) -> float:
        """A length in beats as seconds."""
        return beats * self.clock.beat

    def voice(self, instrument: Instrument, midi: int, seconds: float, force: float) -> Signal:
        """The instrument's note, made once per pitch, length (to 1/32 s) and one of ten forces."""
        key = (instrument, midi, max(2, round(seconds * 32)), max(1, round(force * 10)))
        if key not in self._sounds:
            self._sounds[key] = instrument(midi, key[2] / 32, key[3] / 10)
        return self._sounds[key]

    def drift(self) -> float:
        """A player's inaccuracy in seconds."""
        return float(self.rng.normal(0, self.style.loose)) if self.style.loose else 0.0

    def note(
        self,
        bus: str,
        instrument: Instrument,
        note: Note,
        gain: float = 1.0,
        pan: float = 0.0,
        ring: float = 0.0,
    ) -> None:
        """Play a note; `ring` seconds are added to its length (pedal, open string)."""
        force = float(np.clip(note.force * self.rng.uniform(0.9, 1.08), 0.1, 1.0))
        sound = self.voice(instrument, note.pitch, self.seconds(note.length) + ring, force)
        self.mix.play(bus, self.clock.seconds(note.beat) + self.drift(), sound, gain, pan)

    def choose(self, options: Sequence[T]) -> T:
        return options[int(self.rng.integers(len(options)))]

    def hit(self, bus: str, sound: Signal, beat: float, gain: float = 1.0, pan: float = 0.0) -> None:
        loud = gain * float(self.rng.uniform(0.92, 1.04))
        self.mix.play(bus, self.clock.seconds(beat) + self.drift() * 0.5, sound, loud, pan)

    def pattern(
        self, bus: str, sound: Signal, steps: str, bar: Bar, gain: float = 1.0, pan: float = 0.0
    ) -> None:
        """Hits written as ``X..x..o.`` spread evenly over one bar."""
        width = self.style.beats / len(steps)
        for i, mark in enumerate(steps):
            if FORCE[mark]:
                self.hit(bus, sound, bar.number * self.style.beats + i * width, gain * FORCE[mark], pan)

    def kick(self, bus: str, sound: Signal, steps: str, bar: Bar, gain: float = 1.0) -> None:
        """A pattern that also drives the side-chain."""
        self.pattern(bus, sound, steps, bar, gain)
        width = self.style.beats / len(steps)
        beats = (bar.number * self.style.beats + i * width for i, mark in enumerate(steps) if FORCE[mark])
        self.mix.kicks += [self.clock.seconds(beat) for beat in beats]

    def theme(self, chords: list[Chord], rhythms: tuple[tuple[float, ...], ...], centre: int) -> list[Note]:
        """A melody over two rounds of `chords`, from beat 0, to be repeated wherever they return."""
        span = self.style.chord_beats
        placed = [(i * span, chord) for i, chord in enumerate([*chords, *chords])]
        return tune(self.rng, rhythms, placed, self.scale, centre + self.shift // 2, span)

    def sing(
        self,
        theme: list[Note],
        section: Section,
        bus: str,
        instrument: Instrument,
        gain: float = 1.0,
        ring: float = 0.0,
    ) -> None:
        """Repeat a theme through a section, leaving out what would cross its end."""
        beats = self.style.beats
        length = 2 * self.style.chord_beats * len(self.harmony(section))
        start, stop = section.first_bar * beats, (section.first_bar + section.bars) * beats
        for turn in np.arange(start, stop, length):
            for note in theme:
                if turn + note.beat < stop - 0.25:
                    placed = Note(float(turn) + note.beat, note.length, note.pitch, note.force)
                    self.note(bus, instrument, placed, gain, 0.0, ring)

    def finish(
        self,
        bus: str,
        instrument: Instrument,
        pitches: Sequence[int],
        gain: float,
        spread: float,
        ring: float = 0.5,
    ) -> None:
        """The last chord, rolled upwards by `spread` beats from voice to voice, low left to high right."""
        for n, pitch in enumerate(pitches):
            pan = -0.35 + 0.7 * n / max(1, len(pitches) - 1)
            self.note(bus, instrument, Note(self.end + spread * n, 4.5, pitch, 0.6), gain, pan, ring)

    def render(self) -> NDArray[np.float32]:
        self.style.write(self)
        style = self.style
        return self.mix.master(style.room, style.echo, self.clock.beat, style.drive, self.seed % 2**31)
