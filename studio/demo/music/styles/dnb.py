"""Drum & bass: a chopped break at 174, a two-note reese, strings far behind and a bell that remembers."""

from studio.demo.music import drums
from studio.demo.music.form import Bar, Part
from studio.demo.music.instruments import bell, pad, reese, strings
from studio.demo.music.melody import Note
from studio.demo.music.mixdown import Bus, Echo, Room
from studio.demo.music.song import Slot, Song, Style
from studio.demo.music.tones import Signal

RHYTHMS = ((0, 1.5, 3, 4.5, 6), (0, 0.5, 1.5, 4, 5.5), (0, 3, 4, 6), (2, 2.5, 3.5, 6, 7))
# kick, snare, ghost notes: two bars each
BREAKS = (
    (
        ("X.........X.....", "X.....x...X....."),
        ("....X.......X...", "....X.......X..."),
        (".......o.o....o.", ".......o.o.....o"),
    ),
    (
        ("X.X.......X.....", "X.........X..x.."),
        ("....X.......X...", "....X.........X."),
        (".......o.o.o....", ".o.....o.o......"),
    ),
)
BASSES = (
    ((0, 2.5, 0), (3, 0.9, 0), (4, 2.5, 0), (7, 0.9, 7)),
    ((0, 1.4, 0), (1.5, 2.0, 0), (4.5, 1.4, 12), (6, 1.8, 0)),
)


def _beat(song: Song, kit: dict[str, Signal], parts: tuple[tuple[str, str], ...], bar: Bar) -> None:
    side = bar.number % 2
    song.kick("drums", kit["kick"], parts[0][side], bar, 0.95)
    song.pattern("drums", kit["snare"], "....X..x.x..XxXX" if bar.last else parts[1][side], bar, 0.85)
    song.pattern("drums", kit["snare"], parts[2][side], bar, 0.42, 0.1)
    song.pattern("tops", kit["ride"], "x.x.x.x.x.x.x.x.", bar, 0.13, 0.3)
    song.pattern("tops", kit["hat"], "oxoxoxoxoxoxoxox", bar, 0.12, -0.3)


def _bass(song: Song, slot: Slot, line: tuple[tuple[float, float, int], ...]) -> None:
    root = slot.root(29)
    for late, length, up in line:
        if late < slot.length:
            song.note(
                "bass", reese, Note(slot.beat + late, length, root + up, 0.5 + 0.5 * slot.bar.energy), 0.72
            )


def _behind(song: Song, slot: Slot) -> None:
    full = slot.bar.section.name == "drop"
    for n, pitch in enumerate(slot.stack):
        note = Note(slot.beat, slot.length, pitch, 0.35 + 0.3 * slot.bar.energy)
        song.note("strings", strings if full else pad, note, 0.26 if full else 0.6, -0.45 + 0.3 * n, ring=0.6)


def _rhythm(song: Song, kit: dict[str, Signal], bar: Bar, parts: tuple[tuple[str, str], ...]) -> None:
    """The break in the drops, a half-time hint of it in the build; crash into a drop, riser out of the rest."""
    if bar.energy > 0.6:
        _beat(song, kit, parts, bar)
        if bar.place == 0:
            song.hit("tops", kit["crash"], bar.number * 4, 0.28)
    elif bar.energy > 0.45:
        song.pattern("drums", kit["kick"], "X...............", bar, 0.8)
        song.pattern("drums", kit["snare"], "........X.......", bar, 0.6)
    if bar.place == bar.section.bars - 2 and bar.section.name in {"build", "break"}:
        song.hit("tops", kit["riser"], bar.number * 4, 0.25)


def write(song: Song) -> None:
    rng = song.rng
    kit = {
        "kick": drums.kick(54, 120, 13, 0.6, 0.3),
        "snare": drums.snare(rng, 205, 17, 9500, 0.24),
        "hat": drums.hat(rng, 70, 7500, 0.08),
        "ride": drums.hat(rng, 14, 6000, 0.3),
        "crash": drums.crash(rng),
        "riser": drums.riser(rng, song.seconds(8)),
    }
    parts, line = song.choose(BREAKS), song.choose(BASSES)
    hook = song.theme(song.verse, RHYTHMS, 76)
    for slot in song.slots:
        _behind(song, slot)
        if slot.bar.energy > 0.6:
            _bass(song, slot, line)
    for bar in song.bars():
        _rhythm(song, kit, bar, parts)
    for section in song.sections:
        song.sing(hook, section, "bell", bell, 0.5 if section.energy > 0.6 else 0.42, ring=0.6)
    song.finish("strings", pad, (song.home.root(41), *song.home.stack), 0.65, 0, ring=1.5)
    song.hit("drums", kit["kick"], song.end, 0.9)


STYLE = Style(
    name="dnb",
    write=write,
    tempo=(171, 176),
    tonic="A",
    mode="minor pentatonic",
    progressions=(
        ("Am9 Fmaj9 Cmaj9 Em7", "Am9 Fmaj9 Dm9 Em7"),
        ("Dm9 Am9 Fmaj9 Em7", "Am9 Am9 Fmaj9 Em7"),
        ("Fmaj9 Em7 Am9 Am9", "Fmaj9 G Am9 Em7"),
    ),
    parts=(
        Part("intro", 2, 0.4),
        Part("build", 1, 0.5),
        Part("drop", 3, 1.0),
        Part("break", 1, 0.4),
        Part("drop", 3, 1.0),
        Part("outro", 1, 0.3),
    ),
    buses={
        "drums": Bus(1.0, room=0.10),
        "tops": Bus(2.6, room=0.12),
        "bass": Bus(0.62, duck=0.5),
        "strings": Bus(0.8, room=0.6, duck=0.35),
        "bell": Bus(0.9, room=0.5, echo=0.5),
    },
    chord_beats=8.0,
    loose=0.002,
    voices=(52, 72),
    rootless=True,
    tail=4.5,
    room=Room(2.2, 5000, 0.28),
    echo=Echo(1.5, 0.45, 0.4),
    drive=0.8,
    best="drop",
)
