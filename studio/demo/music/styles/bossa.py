"""Bossa nova: nylon guitar syncopations, a bass in two, rim and shaker, flute or vibraphone on top."""

from studio.demo.music import drums
from studio.demo.music.form import Bar, Part
from studio.demo.music.instruments import flute, nylon_guitar, upright_bass, vibraphone
from studio.demo.music.melody import Note
from studio.demo.music.mixdown import Bus, Echo, Room
from studio.demo.music.song import Slot, Song, Style
from studio.demo.music.theory import above
from studio.demo.music.tones import Signal

RHYTHMS = ((0, 1.5, 2, 2.5), (0.5, 1, 1.5, 3), (0, 0.5, 1.5, 2.5, 3.5), (0, 2.5, 3), (1, 1.5, 2.5))
COMPS = (((0, 1.5, 2.5), (0.5, 1.5, 3)), ((0, 1, 2.5), (0, 1.5, 2.5, 3.5)), ((0.5, 1.5, 3), (0, 1, 2.5)))


def _comp(song: Song, slot: Slot, comp: tuple[tuple[float, ...], ...]) -> None:
    hits = [beat for beat in comp[slot.bar.number % 2] if beat < slot.length]
    for beat, following in zip(hits, [*hits[1:], slot.length], strict=True):
        for n, pitch in enumerate(slot.stack):
            pluck = Note(
                slot.beat + beat + 0.008 * n, (following - beat) * 0.85, pitch, 0.42 + 0.2 * slot.bar.energy
            )
            song.note("guitar", nylon_guitar, pluck, 0.50, -0.35)


def _bass(song: Song, slot: Slot) -> None:
    root = slot.root(33)
    fifth = above(slot.chord.tones[2 % len(slot.chord.tones)], root - 6)
    for beat, length, pitch, force in (
        (0, 1.4, root, 0.85),
        (1.5, 0.45, fifth, 0.55),
        (2, 1.4, fifth, 0.75),
        (3.5, 0.45, root, 0.5),
    ):
        if beat < slot.length:
            song.note("bass", upright_bass, Note(slot.beat + beat, length, pitch, force), 0.9)


def _beat(song: Song, kit: dict[str, Signal], bar: Bar) -> None:
    song.pattern("drums", kit["shaker"], "xoxoxoxo", bar, 0.20, 0.4)
    song.pattern("drums", kit["rim"], "X..X..X." if bar.number % 2 == 0 else "..X..X..", bar, 0.22, -0.3)
    song.pattern("drums", kit["surdo"], "x...X..o", bar, 0.32)
    if bar.last:
        song.pattern("drums", kit["brush"], "....x.xx", bar, 0.30, 0.1)


def _tunes(song: Song) -> None:
    first, second = (flute, vibraphone) if song.rng.random() < 0.5 else (vibraphone, flute)
    verse, chorus = song.theme(song.verse, RHYTHMS, 72), song.theme(song.chorus, RHYTHMS, 76)
    for section in song.sections:
        if section.name == "chorus":
            song.sing(chorus, section, "tune", second, 0.66, ring=0.15)
        elif section.name != "intro":
            song.sing(verse, section, "tune", first, 0.42 + 0.3 * section.energy, ring=0.15)


def write(song: Song) -> None:
    rng = song.rng
    kit = {
        "shaker": drums.shaker(rng),
        "rim": drums.rim(1650),
        "surdo": drums.drum(68, 8, 0.1),
        "brush": drums.brush(rng),
    }
    comp = song.choose(COMPS)
    for slot in song.slots:
        _comp(song, slot, comp)
        if slot.bar.section.name != "intro" or slot.bar.place >= 2:
            _bass(song, slot)
    for bar in song.bars():
        if bar.energy > 0.45:
            _beat(song, kit, bar)
        else:
            song.pattern("drums", kit["shaker"], "xoxoxoxo", bar, 0.13, 0.4)
    _tunes(song)
    home = song.home
    top = above(home.chord.tones[0], home.stack[-1] + 2)
    song.finish("guitar", nylon_guitar, (home.root(33), *home.stack, top), 0.6, 0.1, ring=1.0)


STYLE = Style(
    name="bossa",
    write=write,
    tempo=(124, 142),
    tonic="C",
    mode="major",
    progressions=(
        ("Cmaj9 A7b9 Dm9 G13", "Fmaj9 Fm6 Em7 A7b9"),
        ("Dm9 G13 Cmaj9 A7b9", "Fmaj9 Em7 Dm9 G13"),
        ("Am9 D9 Dm9 G13", "Cmaj9 Cm6 Dm9 G13"),
        ("Cmaj9 Em7 Dm9 G13", "Am9 D9 Dm9 G13"),
    ),
    parts=(
        Part("intro", 1, 0.4),
        Part("verse", 2, 0.65),
        Part("chorus", 2, 0.85),
        Part("verse", 2, 0.7),
        Part("outro", 1, 0.5),
    ),
    buses={
        "guitar": Bus(1.0, room=0.3),
        "bass": Bus(0.85, room=0.05),
        "drums": Bus(1.6, room=0.25),
        "tune": Bus(0.95, room=0.5, echo=0.15),
    },
    slowing=0.5,
    loose=0.008,
    voices=(50, 70),
    rootless=True,
    tail=4.5,
    room=Room(1.3, 4600, 0.24),
    echo=Echo(1.0, 0.25, 0.2),
    drive=0.55,
)
