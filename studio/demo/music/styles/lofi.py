"""Lo-fi hip hop: swung boom-bap, electric piano ninths on wobbling tape, upright bass, crackle."""

import numpy as np

from studio.demo.music import drums
from studio.demo.music.form import Bar, Part
from studio.demo.music.instruments import bell, nylon_guitar, rhodes, upright_bass, vibraphone
from studio.demo.music.melody import Note
from studio.demo.music.mixdown import Bus, Echo, Room
from studio.demo.music.song import Slot, Song, Style
from studio.demo.music.theory import above
from studio.demo.music.tones import SAMPLE_RATE, Signal, noise

RHYTHMS = ((0.5, 1, 1.75), (0, 0.75, 1.5, 2.5), (1, 1.5, 2.25, 2.5), (0, 0.5, 1.5), (1.5, 2, 2.75))
GROOVES = (
    ("X.....x...X.....", "X..x......X..o.."),
    ("X......xX.......", "X......x.xX....."),
    ("X..X....o.X.....", "X..X......X...o."),
)
COMPS = (((0, 1.5), (1.75, 0.75), (2.5, 1.4)), ((0, 2.25), (2.5, 1.4)), ((0.5, 1.2), (2, 1.9)))


def crackle(rng: np.random.Generator, count: int) -> Signal:
    """Dust and the hiss of the groove."""
    dust = np.zeros((2, count), np.float32)
    for side in dust:
        hits = rng.integers(0, count - 8, count * 9 // SAMPLE_RATE)
        for i, shape in enumerate((1.0, -0.7, 0.4, -0.2)):
            side[hits + i] += shape * rng.exponential(0.16, len(hits)).astype(np.float32)
    hiss = np.tile(noise(rng, 5.9, 500, 6000), -(-count // round(5.9 * SAMPLE_RATE)))[:count]
    return dust + hiss * np.float32(0.055)


def _keys(song: Song, slot: Slot, comp: tuple[tuple[float, float], ...]) -> None:
    for i, (late, length) in enumerate(comp):
        stack = slot.stack if i != 1 or len(comp) == 2 else slot.stack[-2:]
        for n, pitch in enumerate(stack):
            strum = Note(slot.beat + late + 0.012 * n, length, pitch, 0.42 + 0.22 * slot.bar.energy)
            song.note("keys", rhodes, strum, 0.42, -0.25 + 0.15 * n, ring=0.15)


def _bass(song: Song, slot: Slot) -> None:
    root = slot.root(31)
    fifth = above(slot.chord.tones[2], root)
    line = [(0, 1.4, root, 0.85), (1.75, 0.6, root, 0.55), (2.5, 1.0, fifth, 0.7)]
    if slot.bar.place % 2:
        line.append((3.5, 0.45, root - 1 if root > 32 else root + 1, 0.55))
    for late, length, pitch, force in line:
        song.note("bass", upright_bass, Note(slot.beat + late, length, pitch, force), 0.95)


def _beat(song: Song, kit: dict[str, Signal], groove: tuple[str, str], bar: Bar) -> None:
    song.kick("drums", kit["kick"], groove[bar.number % 2], bar, 0.95)
    song.pattern("drums", kit["snare"], "....X.......X..." if not bar.last else "....X..o....X.ox", bar, 0.62)
    song.pattern(
        "drums", kit["hat"], "x.o.x.o.x.o.x.oo" if bar.number % 2 else "x.o.x.o.x.x.x.o.", bar, 0.20, 0.2
    )
    if bar.place % 4 == 3:
        song.pattern("drums", kit["open"], "..............x.", bar, 0.16, 0.2)


def write(song: Song) -> None:
    rng = song.rng
    kit = {
        "kick": drums.kick(52, 70, 9.5, 0.3),
        "snare": drums.snare(rng, 186, 17, 5200),
        "hat": drums.hat(rng, 55, 5200, 0.12),
        "open": drums.hat(rng, 12, 5200, 0.35),
    }
    groove, comp = song.choose(GROOVES), song.choose(COMPS)
    hook, voice = song.theme(song.chorus, RHYTHMS, 74), song.choose((vibraphone, bell, nylon_guitar))
    song.mix.play("dust", 0.0, crackle(rng, song.mix.count), 0.22)
    for slot in song.slots:
        _keys(song, slot, comp if slot.bar.energy > 0.35 else ((0, 3.6),))
        if slot.bar.energy > 0.35:
            _bass(song, slot)
    for bar in song.bars():
        if bar.energy > 0.5:
            _beat(song, kit, groove, bar)
        elif bar.energy > 0.35:
            song.pattern("drums", kit["hat"], "x.o.x.o.x.o.x.o.", bar, 0.13, 0.2)
    for section in song.sections:
        if section.name == "chorus":
            song.sing(hook, section, "tune", voice, 0.45, ring=0.5)
    song.finish("keys", rhodes, (song.home.root(31), *song.home.stack), 0.45, 0.05)
    song.mix.wobble(("keys", "tune"), 0.0042, 0.55)


STYLE = Style(
    name="lofi",
    write=write,
    tempo=(70, 86),
    tonic="C",
    mode="major pentatonic",
    progressions=(
        ("Dm9 G13 Cmaj9 Am9", "Fmaj9 Em7 Dm9 Cmaj9"),
        ("Am9 Dm9 Fmaj9 G13", "Fmaj9 G13 Em7 Am9"),
        ("Cmaj9 Am9 Dm9 G13", "Fmaj9 Fm6 Em7 A7b9"),
        ("Fmaj9 Em7 Am9 Am9", "Dm9 Em7 Fmaj9 G13"),
    ),
    parts=(
        Part("intro", 1, 0.3),
        Part("verse", 2, 0.65),
        Part("chorus", 2, 0.85),
        Part("bridge", 1, 0.4),
        Part("chorus", 2, 0.9),
    ),
    buses={
        "drums": Bus(1.0, room=0.10),
        "bass": Bus(0.75),
        "keys": Bus(1.15, room=0.35, duck=0.35),
        "tune": Bus(1.25, room=0.4, echo=0.4),
        "dust": Bus(1.0, duck=0.15),
    },
    swing=0.6,
    grid=0.25,
    loose=0.009,
    voices=(53, 73),
    rootless=True,
    tail=4.5,
    room=Room(1.3, 3200, 0.22),
    echo=Echo(0.75, 0.35, 0.3),
    drive=0.7,
)
