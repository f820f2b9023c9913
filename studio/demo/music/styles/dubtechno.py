"""Dub techno: one minor chord thrown into long echoes, a soft deep kick, hiss, and time passing."""

import numpy as np

from studio.demo.music import drums
from studio.demo.music.form import Bar, Part
from studio.demo.music.instruments import pad, sub_bass
from studio.demo.music.melody import Note
from studio.demo.music.mixdown import Bus, Echo, Room
from studio.demo.music.song import Slot, Song, Style
from studio.demo.music.tones import Signal, clock, hertz, noise, shaped, swept

THROWS = ((0.5, 2.5), (0.5, 1.75), (1.5, 2.25), (0.75, 3.5))


def stab(midi: int, seconds: float, force: float) -> Signal:
    """A chord stab behind a filter that `force` opens."""
    cutoff = 180 + 2600 * force**1.6 * np.exp(-clock(seconds) * 7)
    sides = [
        swept("saw", hertz(midi + cents), cutoff, seconds, turn, 0.7)
        for cents, turn in ((-0.06, 0.1), (0.06, 0.6))
    ]
    return shaped(np.stack(sides) * np.float32(0.5), 0.004, min(0.12, seconds / 3))


def _throw(song: Song, slot: Slot, beats: tuple[float, ...]) -> None:
    """The filter opens and closes over the whole piece, never twice the same."""
    opening = (
        0.45 + 0.35 * np.sin(2 * np.pi * slot.beat / 52 + song.seed) * slot.bar.energy + 0.2 * slot.bar.energy
    )
    bars = int(slot.length / 4) or 1
    for bar in range(bars):
        for late in beats:
            for n, pitch in enumerate(slot.stack):
                hit = Note(slot.beat + 4 * bar + late, 0.4, pitch, float(np.clip(opening, 0.2, 1)))
                song.note("stab", stab, hit, 0.42, -0.3 + 0.2 * n)


def _beat(song: Song, kit: dict[str, Signal], bar: Bar) -> None:
    song.kick("drums", kit["kick"], "X...X...X...X...", bar, 1.0)
    if bar.energy > 0.5:
        song.pattern("tops", kit["hat"], "..x...x...x...xo", bar, 0.15, 0.2)
    if bar.energy > 0.7:
        song.pattern(
            "tops", kit["rim"], "......o....x..o." if bar.number % 2 else "...o......x.....", bar, 0.22, -0.5
        )
        song.pattern("tops", kit["clap"], "....x.......x...", bar, 0.18)


def _bass(song: Song, slot: Slot) -> None:
    for bar in range(int(slot.length / 4) or 1):
        for late, length, up in ((0.75, 0.6, 0), (2.5, 0.8, 0), (3.5, 0.4, 7 if bar % 2 else 0)):
            note = Note(slot.beat + 4 * bar + late, length, slot.root(28) + up, 0.8)
            song.note("bass", sub_bass, note, 0.8)


def _bed(song: Song) -> None:
    """Tape hiss that wanders from side to side."""
    bed = shaped(noise(song.rng, 7.3, 250, 2600), 1.0, 1.0)
    for start in np.arange(0, song.clock.seconds(song.end), 6.3):
        song.mix.play("bed", float(start), bed, 0.045, 0.6 * float(np.sin(start)))


def write(song: Song) -> None:
    kit = {
        "kick": drums.kick(45, 60, 8.0, 0.1, 0.5),
        "hat": drums.hat(song.rng, 34, 6800, 0.2),
        "rim": drums.rim(1400),
        "clap": drums.clap(song.rng),
    }
    throw = song.choose(THROWS)
    _bed(song)
    for slot in song.slots:
        _throw(song, slot, throw)
        for n, pitch in enumerate(slot.stack[:3]):
            song.note("pad", pad, Note(slot.beat, slot.length, pitch, 0.25), 0.40, -0.5 + 0.5 * n, ring=1.0)
        if slot.bar.energy > 0.5:
            _bass(song, slot)
    for bar in song.bars():
        late = bar.place >= bar.section.bars // 2
        if bar.section.name != "break" and (bar.section.name != "intro" or late):
            _beat(song, kit, bar)
    song.finish("stab", stab, song.home.stack, 0.5, 0, ring=0)


STYLE = Style(
    name="dubtechno",
    write=write,
    tempo=(114, 121),
    tonic="A",
    mode="dorian",
    progressions=(("Am9 Am9", "Am9 Cmaj9"), ("Am11 Gm9", "Am11 Am11"), ("Am9 Fmaj9", "Am9 Dm9")),
    parts=(
        Part("intro", 1, 0.35),
        Part("groove", 2, 0.7),
        Part("break", 1, 0.4),
        Part("drop", 3, 0.95),
        Part("outro", 1, 0.55),
    ),
    buses={
        "drums": Bus(1.0, room=0.03),
        "tops": Bus(2.4, room=0.3, echo=0.25),
        "bass": Bus(0.72, duck=0.45),
        "stab": Bus(1.1, room=0.5, echo=1.0, duck=0.3),
        "pad": Bus(0.5, room=0.6, duck=0.6),
        "bed": Bus(1.0, room=0.3, duck=0.5),
    },
    chord_beats=8.0,
    loose=0.002,
    voices=(50, 70),
    rootless=True,
    tail=6.0,
    room=Room(3.2, 3000, 0.30),
    echo=Echo(0.75, 0.72, 0.42),
    drive=0.8,
    best="drop",
)
