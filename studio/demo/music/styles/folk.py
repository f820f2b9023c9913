"""Folk: a fingerpicked steel guitar, a second one singing, stomp and tambourine."""

from studio.demo.music import drums
from studio.demo.music.form import Bar, Part
from studio.demo.music.instruments import flute, steel_guitar
from studio.demo.music.melody import Note
from studio.demo.music.mixdown import Bus, Echo, Room
from studio.demo.music.song import Slot, Song, Style
from studio.demo.music.theory import above
from studio.demo.music.tones import Signal

RHYTHMS = ((0, 1, 1.5, 2, 3), (0, 1.5, 2, 3), (0, 0.5, 1, 2), (0, 2, 3, 3.5), (0, 1, 2, 2.5, 3))
# (eighth, string): thumb strings 0 to 2 from the bass, fingers 3 to 5
PICKS = (
    ((0, 0), (0, 5), (1, 3), (2, 2), (3, 4), (4, 1), (5, 3), (5, 5), (6, 2), (7, 4)),
    ((0, 0), (1, 4), (2, 2), (3, 3), (4, 1), (4, 5), (5, 4), (6, 2), (7, 3)),
    ((0, 0), (1, 3), (2, 4), (3, 5), (4, 1), (5, 3), (6, 4), (7, 3)),
)


def _strings(slot: Slot) -> list[int]:
    """Six strings fretting the chord: root, fifth, octave, then three tones above."""
    root = slot.root(40)
    tones = slot.chord.tones
    strings = [root, above(tones[2 % len(tones)], root + 1), above(tones[0], root + 8)]
    for step in (1, 2, 0):
        strings.append(above(tones[step % len(tones)], strings[-1] + 2))
    return strings


def _pick(song: Song, slot: Slot, picks: tuple[tuple[int, int], ...]) -> None:
    strings = _strings(slot)
    for eighth, string in picks:
        if eighth / 2 >= slot.length:
            continue
        force = (0.62 if string < 3 else 0.5) * (0.7 + 0.45 * slot.bar.energy) * (1.1 if eighth == 0 else 1.0)
        note = Note(slot.beat + eighth / 2, slot.length - eighth / 2, strings[string], force)
        song.note("guitar", steel_guitar, note, 0.62, -0.35 + 0.04 * string, ring=0.3)


def _strum(song: Song, slot: Slot) -> None:
    """A second guitar brushing down and up, in the full sections."""
    for beat, up in ((0, False), (1.5, True), (2, False), (3, False), (3.5, True)):
        order = _strings(slot)[2:]
        for n, pitch in enumerate(reversed(order) if up else order):
            brush = Note(slot.beat + beat + 0.022 * n, 0.9, pitch, 0.30 if up else 0.42)
            song.note("strum", steel_guitar, brush, 0.30, 0.5)


def _beat(song: Song, kit: dict[str, Signal], bar: Bar) -> None:
    song.pattern("drums", kit["stomp"], "X...X..." if bar.energy < 0.8 else "X..xX...", bar, 0.6)
    if bar.energy > 0.8:
        song.pattern("drums", kit["clap"], "..x...x.", bar, 0.22, -0.1)
        song.pattern("drums", kit["tambourine"], "o.x.o.xo", bar, 0.16, 0.35)


def _tunes(song: Song) -> None:
    whistle = bool(song.rng.random() < 0.4)
    verse, chorus = song.theme(song.verse, RHYTHMS, 67), song.theme(song.chorus, RHYTHMS, 71)
    for section in song.sections:
        if section.name == "intro":
            continue
        theme = chorus if section.name == "chorus" else verse
        song.sing(theme, section, "tune", steel_guitar, 0.85, ring=0.5)
        if whistle and section.energy > 0.8:
            high = [Note(n.beat, n.length, n.pitch + 12, n.force * 0.7) for n in theme]
            song.sing(high, section, "whistle", flute, 0.34)


def write(song: Song) -> None:
    kit = {
        "stomp": drums.kick(62, 40, 14, 0.15, 0.3),
        "clap": drums.clap(song.rng),
        "tambourine": drums.tambourine(song.rng),
    }
    picks = song.choose(PICKS)
    for slot in song.slots:
        _pick(song, slot, picks)
        if slot.bar.energy > 0.8:
            _strum(song, slot)
    for bar in song.bars():
        if bar.energy > 0.55:
            _beat(song, kit, bar)
    _tunes(song)
    song.finish("guitar", steel_guitar, _strings(song.home), 0.6, 0.07, ring=1.0)


STYLE = Style(
    name="folk",
    write=write,
    tempo=(90, 112),
    tonic="G",
    mode="major",
    progressions=(
        ("G C G D", "Em C G D"),
        ("G Em C D", "C D G Em"),
        ("Em C G D", "C G D Em"),
        ("G D/F# Em C", "C D Em D"),
    ),
    parts=(
        Part("intro", 1, 0.35),
        Part("verse", 2, 0.6),
        Part("chorus", 2, 0.9),
        Part("bridge", 1, 0.4),
        Part("chorus", 2, 1.0),
    ),
    buses={
        "guitar": Bus(1.0, room=0.4),
        "strum": Bus(1.1, room=0.3),
        "tune": Bus(0.9, room=0.5, echo=0.12),
        "whistle": Bus(0.8, room=0.6),
        "drums": Bus(0.8, room=0.35),
    },
    slowing=0.8,
    loose=0.009,
    voices=(52, 71),
    tail=4.5,
    room=Room(1.2, 5200, 0.24),
    echo=Echo(0.5, 0.2, 0.2),
    drive=0.5,
)
