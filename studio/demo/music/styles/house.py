"""Deep house: four to the floor, minor-ninth organ stabs off the beat, a bass that answers, shuffled hats."""

from studio.demo.music import drums
from studio.demo.music.form import Bar, Part
from studio.demo.music.instruments import flute, organ, pad, rhodes, sub_bass, vibraphone
from studio.demo.music.melody import Note
from studio.demo.music.mixdown import Bus, Echo, Room
from studio.demo.music.song import Slot, Song, Style
from studio.demo.music.tones import Signal

RHYTHMS = ((0.5, 1, 1.75, 3), (0, 0.75, 1.5, 2.25), (1.5, 2.25, 3), (0.75, 1.5, 3.5))
STABS = ("..x...x..x..x...", "...x..x...x..x..", "x..x..x...x.....", "..x..x....x..x..")
BASSES = ("..x..xx...x..x.x", "x.....x..x....x.", "..xx..x...xx..x.")


def _stabs(song: Song, slot: Slot, steps: str) -> None:
    for i in range(int(slot.length * 4)):
        if steps[i % 16] == "x":
            for n, pitch in enumerate(slot.stack):
                stab = Note(slot.beat + i / 4, 0.30, pitch, 0.45 + 0.4 * slot.bar.energy)
                song.note("stab", organ, stab, 0.40, -0.3 + 0.2 * n, ring=0.05)


def _bass(song: Song, slot: Slot, steps: str) -> None:
    root = slot.root(29)
    for i in range(int(slot.length * 4)):
        if steps[i % 16] == "x":
            pitch = root + (12 if i % 16 in {6, 15} else 7 if i % 16 == 13 else 0)
            song.note("bass", sub_bass, Note(slot.beat + i / 4, 0.42, pitch, 0.85), 0.75)


def _beat(song: Song, kit: dict[str, Signal], bar: Bar) -> None:
    fill = bar.last and bar.energy > 0.6
    song.kick("drums", kit["kick"], "X...X...X......." if fill else "X...X...X...X...", bar)
    if bar.energy > 0.45:
        song.pattern("tops", kit["open"], "..x...x...x...x.", bar, 0.26, 0.1)
        song.pattern("tops", kit["shaker"], "oxoxoxoxoxoxoxox", bar, 0.20, -0.4)
    if bar.energy > 0.6:
        song.pattern("tops", kit["clap"], "....X.......X..." if not fill else "....X.......X.xx", bar, 0.5)
        song.pattern(
            "tops",
            kit["conga"],
            "..o..x....o..xx." if bar.number % 2 else "..o..x.........o",
            bar,
            0.28,
            0.45,
        )


def _harmony(song: Song, slot: Slot, stab: str, bass: str) -> None:
    section = slot.bar.section.name
    if section != "intro":
        _stabs(song, slot, stab)
    if section in {"break", "drop"}:
        for n, pitch in enumerate(slot.stack):
            swell = Note(slot.beat, slot.length, pitch, 0.35 + 0.4 * slot.bar.energy)
            song.note("pad", pad, swell, 0.55, -0.4 + 0.25 * n, ring=0.5)
    if slot.bar.energy > 0.6:
        _bass(song, slot, bass)


def write(song: Song) -> None:
    rng = song.rng
    kit = {
        "kick": drums.kick(49, 130, 9.5, 0.5),
        "open": drums.hat(rng, 17, 7200, 0.22),
        "shaker": drums.shaker(rng),
        "clap": drums.clap(rng),
        "conga": drums.drum(235, 16, 0.12),
        "riser": drums.riser(rng, song.seconds(4)),
    }
    stab, bass = song.choose(STABS), song.choose(BASSES)
    hook, voice = song.theme(song.chorus, RHYTHMS, 72), song.choose((rhodes, vibraphone, flute))
    for slot in song.slots:
        _harmony(song, slot, stab, bass)
    for bar in song.bars():
        if bar.section.name != "break":
            _beat(song, kit, bar)
        elif bar.last:
            song.hit("tops", kit["riser"], bar.number * 4, 0.3)
    for section in song.sections:
        if section.name in {"drop", "break"}:
            song.sing(hook, section, "hook", voice, 0.5, ring=0.3)
    song.finish("pad", pad, (song.home.root(41), *song.home.stack), 0.6, 0)
    song.hit("drums", kit["kick"], song.end)


STYLE = Style(
    name="house",
    write=write,
    tempo=(119, 125),
    tonic="A",
    mode="minor",
    progressions=(
        ("Am9 Am9 Dm9 Em7", "Fmaj9 Em7 Dm9 Am9"),
        ("Dm9 Am9 Dm9 Em7", "Fmaj9 G13 Am9 Am9"),
        ("Am9 Fmaj9 Dm9 Em7", "Dm9 Em7 Fmaj9 Em7"),
    ),
    parts=(
        Part("intro", 1, 0.5),
        Part("groove", 2, 0.75),
        Part("break", 1, 0.3),
        Part("drop", 3, 1.0),
        Part("outro", 1, 0.7),
    ),
    buses={
        "drums": Bus(1.05),
        "tops": Bus(1.7, room=0.15),
        "bass": Bus(0.8, duck=0.55),
        "stab": Bus(0.8, room=0.35, echo=0.3, duck=0.45),
        "pad": Bus(0.7, room=0.4, duck=0.8),
        "hook": Bus(0.9, room=0.3, echo=0.5, duck=0.3),
    },
    swing=0.55,
    grid=0.25,
    loose=0.003,
    voices=(54, 73),
    rootless=True,
    tail=4.0,
    room=Room(1.5, 4800, 0.24),
    echo=Echo(0.75, 0.42, 0.35),
    drive=0.8,
    best="drop",
)
