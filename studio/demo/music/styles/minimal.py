"""Minimal music: two marimbas play one pattern and drift apart, over slow chords and a pulse."""

import numpy as np

from studio.demo.music import drums
from studio.demo.music.form import Part
from studio.demo.music.instruments import flute, marimba, pad, sub_bass, vibraphone
from studio.demo.music.melody import Note
from studio.demo.music.mixdown import Bus, Echo, Room
from studio.demo.music.song import Slot, Song, Style
from studio.demo.music.theory import nearest

STEPS = 12
RHYTHMS = ((0, 3, 6), (0, 1.5, 3, 6, 9), (0, 6, 9), (3, 4.5, 6))


def _pattern(rng: np.random.Generator) -> list[int]:
    """Twelve sixteenths of chord steps with two rests, rising and falling."""
    walk = np.zeros(STEPS, np.int64)
    while len(set(walk.tolist())) < 5 or (np.diff(walk) == 0).sum() > 2:
        walk = np.abs((np.cumsum(rng.integers(-2, 4, STEPS)) + 2) % 10 - 5)
    rests = rng.choice(np.arange(1, STEPS), 2, replace=False)
    return [-1 if i in rests else int(step) for i, step in enumerate(walk)]


def _ladder(slot: Slot) -> list[int]:
    low = sorted(slot.stack)[-4:]
    return sorted({*low, *(pitch + 12 for pitch in low)})


def _interlock(song: Song, slot: Slot, pattern: list[int], phase: int) -> None:
    ladder = _ladder(slot)
    for step in range(int(slot.length * 4)):
        first, second = pattern[step % STEPS], pattern[(step + phase) % STEPS]
        accent = 0.62 if step % 3 == 0 else 0.46
        force = accent * (0.75 + 0.4 * slot.bar.energy)
        if first >= 0:
            song.note(
                "left",
                marimba,
                Note(slot.beat + step / 4, 0.9, ladder[first % len(ladder)], force),
                0.62,
                -0.55,
            )
        if second >= 0 and slot.bar.section.name != "intro":
            song.note(
                "right",
                marimba,
                Note(slot.beat + step / 4, 0.9, ladder[second % len(ladder)] + 12, force * 0.9),
                0.52,
                0.55,
            )


def _ground(song: Song, slot: Slot) -> None:
    """The pulse below and the held chord above, as the section fills."""
    energy = slot.bar.energy
    if energy > 0.4:
        for beat in np.arange(0, slot.length, 1.5 if energy > 0.7 else 3):
            song.note("bass", sub_bass, Note(slot.beat + float(beat), 0.7, slot.root(36), 0.55), 0.55)
    if energy > 0.55:
        for n, pitch in enumerate(slot.stack):
            song.note("pad", pad, Note(slot.beat, slot.length, pitch, 0.3), 0.40, -0.4 + 0.25 * n, ring=0.8)
        song.note("vibes", vibraphone, Note(slot.beat, 6, nearest(79, slot.chord.tones), 0.5), 0.40, 0.1)


def write(song: Song) -> None:
    pattern = _pattern(song.rng)
    theme = song.theme(song.chorus, RHYTHMS, 74)
    shaker, wood = drums.shaker(song.rng), drums.rim(980)
    for slot in song.slots:
        phase = 1 + slot.bar.number // 8 + 2 * (slot.bar.section.name == "b")
        _interlock(song, slot, pattern, phase)
        _ground(song, slot)
    for bar in song.bars():
        if bar.energy > 0.7:
            song.pattern("time", shaker, "xooxooxooxoo", bar, 0.16, 0.3)
            song.pattern("time", wood, "x..o..x.....", bar, 0.10, -0.3)
    for section in song.sections:
        if section.name == "b":
            song.sing(theme, section, "vibes", flute, 0.40)
    song.finish("vibes", vibraphone, song.home.stack, 0.45, 0, ring=1.0)
    song.note("left", marimba, Note(song.end, 3, song.home.root(48), 0.7), 0.7)


STYLE = Style(
    name="minimal",
    write=write,
    tempo=(100, 118),
    tonic="C",
    mode="major",
    progressions=(
        ("Cmaj9 Am9", "Fmaj9 Dm9"),
        ("Am9 Em7", "Fmaj9 Cmaj9"),
        ("Fmaj9 Cmaj9", "Dm9 Am9"),
        ("Em7 Am9", "Cmaj9 Fmaj9"),
    ),
    parts=(
        Part("intro", 1, 0.35),
        Part("a", 2, 0.6),
        Part("b", 2, 0.9),
        Part("a", 1, 0.75),
        Part("outro", 1, 0.4),
    ),
    buses={
        "left": Bus(1.0, room=0.35),
        "right": Bus(1.0, room=0.35, echo=0.1),
        "bass": Bus(1.2),
        "pad": Bus(0.7, room=0.5),
        "vibes": Bus(0.9, room=0.6, echo=0.25),
        "time": Bus(2.6, room=0.3),
    },
    beats=3,
    chord_beats=12.0,
    loose=0.004,
    voices=(55, 74),
    rootless=True,
    tail=4.5,
    room=Room(1.8, 5000, 0.28),
    echo=Echo(0.75, 0.35, 0.25),
    drive=0.5,
    best="b",
)
