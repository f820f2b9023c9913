"""Ambient: two or three slow chords, a drone under them, bells far away, a very large room."""

import numpy as np

from studio.demo.music.form import Part
from studio.demo.music.instruments import bell, felt_piano, pad, strings, sub_bass
from studio.demo.music.melody import Note
from studio.demo.music.mixdown import Bus, Echo, Room
from studio.demo.music.song import Slot, Song, Style
from studio.demo.music.theory import nearest
from studio.demo.music.tones import noise, shaped


def _cloud(song: Song, slot: Slot) -> None:
    """The chord swells in, each voice at its own time."""
    for n, pitch in enumerate(slot.stack):
        late = float(song.rng.uniform(0, 1.2)) if slot.beat else 0.2 * n
        swell = Note(slot.beat + late, slot.length, pitch, 0.3 + 0.65 * slot.bar.energy)
        song.note("pad", pad, swell, 0.75, -0.6 + 0.4 * n, ring=2.5)
    if slot.bar.energy > 0.6:
        top = Note(slot.beat + 1, slot.length, slot.stack[-1] + 12, 0.3 * slot.bar.energy)
        song.note("strings", strings, top, 0.20, 0.3, ring=1.5)
    song.note("low", sub_bass, Note(slot.beat, slot.length, slot.root(33), 0.35), 0.30, ring=1.0)


def _stars(song: Song, slot: Slot) -> None:
    """A few bells from the chord and the scale, more where the piece is fuller."""
    count = int(1 + 4 * slot.bar.energy)
    for late in sorted(song.rng.choice(int(slot.length * 2), count, replace=False) / 2):
        wish = int(song.rng.integers(74, 92))
        classes = slot.chord.tones if song.rng.random() < 0.7 else song.scale.classes
        note = Note(slot.beat + float(late), 3.0, nearest(wish, classes), float(song.rng.uniform(0.25, 0.6)))
        song.note("bell", bell, note, 0.28, float(song.rng.uniform(-0.8, 0.8)))


def write(song: Song) -> None:
    keys = bool(song.rng.random() < 0.5)
    theme = song.theme(song.verse, ((0, 3), (2, 4, 5), (1, 4), (0, 2, 5)), 67)
    air = noise(song.rng, 9.0, 180, 1400)
    for start in np.arange(0, song.clock.seconds(song.end), 5.5):
        song.mix.play("air", float(start), shaped(air, 3.0, 3.5), 0.030, 0.7 * float(np.sin(start * 1.7)))
    for slot in song.slots:
        _cloud(song, slot)
        if slot.bar.section.name != "intro":
            _stars(song, slot)
    for section in song.sections:
        if keys and section.energy > 0.5:
            song.sing(theme, section, "bell", felt_piano, 0.7, ring=2.5)
    for n, pitch in enumerate(song.home.stack):
        song.note("pad", pad, Note(song.end, 4, pitch, 0.3), 0.7, -0.5 + 0.3 * n, ring=1.0)


STYLE = Style(
    name="ambient",
    write=write,
    tempo=(56, 68),
    tonic="C",
    mode="lydian",
    progressions=(
        ("Cmaj9 G/B Am9 Em7", "Fmaj9 Cmaj9"),
        ("Am9 Fmaj9 Cmaj9 G", "Am9 Em7"),
        ("Fmaj9 Am9", "Cmaj9 Dm9"),
        ("Em7 Cmaj9 Am9 D", "Cmaj9 D"),
    ),
    parts=(Part("intro", 1, 0.3), Part("swell", 1, 0.6), Part("b", 1, 0.9), Part("outro", 1, 0.4)),
    buses={
        "pad": Bus(0.42, room=0.9),
        "strings": Bus(1.3, room=0.9),
        "low": Bus(1.5),
        "bell": Bus(1.9, room=0.8, echo=0.6),
        "air": Bus(1.0, room=0.5),
    },
    chord_beats=8.0,
    loose=0.03,
    voices=(50, 72),
    tail=7.0,
    room=Room(4.5, 3400, 0.55),
    echo=Echo(1.5, 0.6, 0.4),
    drive=0.45,
    best="b",
)
