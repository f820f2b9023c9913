"""Chiptune: two pulses, a triangle bass, a noise channel, harmony by fast arpeggio. Cheerful or brave."""

import numpy as np

from studio.demo.music.form import Bar, Part
from studio.demo.music.instruments import chip, chip_arpeggio
from studio.demo.music.melody import Note
from studio.demo.music.mixdown import Bus, Echo, Room
from studio.demo.music.song import Slot, Song, Style
from studio.demo.music.theory import above
from studio.demo.music.tones import SAMPLE_RATE, Signal, clock, samples, shaped

RHYTHMS = (
    (0, 0.5, 1, 1.5, 2, 3),
    (0, 0.75, 1.5, 2, 2.5, 3),
    (0, 1, 1.5, 2, 3, 3.5),
    (0, 0.5, 0.75, 1, 2, 2.5, 3),
)
BASSES = ("x.x.x.x.x.x.x.x.", "x..xx.x.x..xx.xx", "x...x.x.x...x.x.")


def pulse(midi: int, seconds: float, force: float) -> Signal:
    return chip("square", midi, seconds, 2.4) * np.float32(0.55 * force)


def thin(midi: int, seconds: float, force: float) -> Signal:
    return chip("pulse12", midi, seconds, 3.5) * np.float32(0.7 * force)


def triangle(midi: int, seconds: float, force: float) -> Signal:
    return chip("triangle", midi, seconds, 0.5) * np.float32(force)


def burst(rng: np.random.Generator, seconds: float, hold: int, rate: float) -> Signal:
    """The noise channel: random steps held for `hold` samples, in sixteen volumes."""
    count = samples(seconds)
    steps = np.repeat(rng.choice([-1.0, 1.0], -(-count // hold)), hold)[:count]
    volume = np.floor(15 * np.exp(-rate * clock(seconds))) / 15
    return shaped((steps * volume).astype(np.float32), 0.0006, 0.01)


def thud() -> Signal:
    t = np.arange(samples(0.16)) / SAMPLE_RATE
    return shaped(
        np.sign(np.sin(2 * np.pi * (60 * t + 190 * (1 - np.exp(-t * 40)) / 40))).astype(np.float32)
        * np.exp(-t * 16).astype(np.float32),
        0.001,
        0.02,
    )


def _harmony(song: Song, slot: Slot) -> None:
    tones = tuple(pitch + 12 for pitch in slot.stack[:3])
    length = song.seconds(0.5)
    sound = chip_arpeggio(tones, length)
    for i in range(int(slot.length * 2)):
        at = song.clock.seconds(slot.beat + i / 2)
        song.mix.play("arp", at, sound, 0.40 * (1.0 if i % 2 else 0.75), 0.35)


def _bass(song: Song, slot: Slot, line: str) -> None:
    root = slot.root(36)
    for i in range(int(slot.length * 4)):
        if line[i % 16] == "x":
            pitch = root + (12 if i % 8 == 4 else 0) if i % 16 < 14 else above(slot.chord.tones[2], root)
            song.note("bass", triangle, Note(slot.beat + i / 4, 0.24, pitch, 0.9), 0.8)


def _beat(song: Song, kit: dict[str, Signal], bar: Bar) -> None:
    song.pattern("drums", kit["kick"], "X.....x.X.x....." if bar.number % 2 else "X.....X...x.....", bar, 0.6)
    song.pattern("drums", kit["snare"], "....X.......X..." if not bar.last else "....X.......XxXX", bar, 0.34)
    song.pattern("drums", kit["hat"], "x.oox.oox.oox.oo", bar, 0.14)


def _tunes(song: Song) -> None:
    verse, chorus = song.theme(song.verse, RHYTHMS, 74), song.theme(song.chorus, RHYTHMS, 79)
    for section in song.sections:
        if section.name == "intro":
            continue
        theme = chorus if section.name == "chorus" else verse
        song.sing(theme, section, "lead", pulse if section.energy > 0.5 else thin, 0.55)
        if section.name == "chorus":
            echo = [Note(n.beat + 0.5, n.length, n.pitch - 12, n.force * 0.5) for n in theme]
            song.sing(echo, section, "second", thin, 0.5)


def write(song: Song) -> None:
    rng = song.rng
    kit = {"kick": thud(), "snare": burst(rng, 0.2, 3, 18), "hat": burst(rng, 0.05, 1, 60)}
    line = song.choose(BASSES)
    for slot in song.slots:
        _harmony(song, slot)
        if slot.bar.section.name != "intro" or slot.bar.place >= 2:
            _bass(song, slot, line)
    for bar in song.bars():
        if bar.energy > 0.5:
            _beat(song, kit, bar)
    _tunes(song)
    home = song.home
    for i, pitch in enumerate((*home.stack[:3], above(home.chord.tones[0], home.stack[-1] + 1))):
        song.note("lead", pulse, Note(song.end + i / 4, 0.25 if i < 3 else 2.0, pitch + 12, 0.8), 0.5)
    song.note("bass", triangle, Note(song.end, 2, home.root(36), 0.9), 0.8)


STYLE = Style(
    name="chiptune",
    write=write,
    tempo=(128, 156),
    tonic="C",
    mode="major",
    progressions=(
        ("C G Am F", "F G C Am"),
        ("Am F C G", "F G Am C"),
        ("C Am F G", "Am F G C"),
        ("C Em F G", "F G Em Am"),
    ),
    parts=(
        Part("intro", 1, 0.4),
        Part("verse", 2, 0.7),
        Part("chorus", 2, 1.0),
        Part("bridge", 1, 0.45),
        Part("chorus", 2, 1.0),
    ),
    buses={
        "drums": Bus(0.9),
        "bass": Bus(0.62),
        "arp": Bus(0.85, room=0.1),
        "lead": Bus(0.85, room=0.12, echo=0.4, pan=0.1),
        "second": Bus(1.1, room=0.1, pan=-0.5),
    },
    loose=0.0,
    voices=(50, 69),
    tail=2.6,
    room=Room(0.6, 6500, 0.12),
    echo=Echo(0.75, 0.35, 0.35),
    drive=0.65,
)
