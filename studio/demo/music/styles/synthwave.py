"""Synthwave: octave bass, gated snare, wide polysynth, running arpeggio and a lead with long echoes."""

from studio.demo.music import drums
from studio.demo.music.form import Bar, Part
from studio.demo.music.instruments import analog_chord, lead, synth_bass
from studio.demo.music.melody import Note
from studio.demo.music.mixdown import Bus, Echo, Room
from studio.demo.music.song import Slot, Song, Style
from studio.demo.music.tones import Signal, clock, hertz, shaped, swept

RHYTHMS = ((0, 1.5, 3), (0, 0.5, 1.5, 2, 3), (0, 1, 1.5, 3), (0.5, 1, 2, 3.5), (0, 3))
BASS_LINES = ("x.xxx.xxx.xxx.xx", "xxxxxxxxxxxxxxxx", "x..xx.x.x..xx.x.")
ARPEGGIOS = ((0, 1, 2, 3, 2, 1, 2, 1), (0, 2, 1, 3, 0, 2, 3, 1), (3, 2, 1, 0, 1, 2, 3, 2))


def pluck(midi: int, seconds: float, force: float) -> Signal:
    cutoff = 400 + 4200 * force * 2.7 ** (-clock(seconds) * 14)
    return shaped(swept("square", hertz(midi), cutoff, seconds, 0.0, 0.6), 0.002, 0.03) * 0.5


def _bass(song: Song, slot: Slot, line: str) -> None:
    root = slot.root(33)
    steps = int(slot.length * 4)
    for i in range(steps):
        if line[i % 16] == "x":
            pitch = root + (12 if i % 4 == 2 or i % 16 == 15 else 0)
            song.note(
                "bass", synth_bass, Note(slot.beat + i / 4, 0.22, pitch, 0.5 + 0.4 * slot.bar.energy), 0.8
            )


def _arpeggio(song: Song, slot: Slot, order: tuple[int, ...]) -> None:
    tones = [*slot.stack[-3:], slot.stack[-3] + 12]
    for i in range(int(slot.length * 4)):
        pitch = tones[order[i % 8]] + 12
        swell = 0.3 + 0.5 * slot.bar.energy * (0.6 + 0.4 * (i % 4 == 0))
        song.note("arp", pluck, Note(slot.beat + i / 4, 0.4, pitch, swell), 0.42, 0.55 if i % 2 else -0.55)


def _beat(song: Song, kit: dict[str, Signal], bar: Bar) -> None:
    song.kick("drums", kit["kick"], "X...X...X...X..." if bar.energy > 0.75 else "X.....x.X.......", bar)
    song.pattern("drums", kit["hat"], "o.x.o.x.o.x.o.xx", bar, 0.2, 0.25)
    if bar.last:
        song.pattern("snare", kit["snare"], "....X.......XxxX", bar, 0.7)
        for i, name in enumerate(("high", "mid", "low")):
            song.hit("snare", kit[name], (bar.number + 1) * 4 - 1.5 + 0.5 * i, 0.7, -0.5 + 0.5 * i)
    else:
        song.pattern("snare", kit["snare"], "....X.......X...", bar, 0.78)


def _tunes(song: Song) -> None:
    verse, chorus = song.theme(song.verse, RHYTHMS, 72), song.theme(song.chorus, RHYTHMS, 77)
    for section in song.sections:
        if section.energy > 0.5:
            theme = chorus if section.name == "chorus" else verse
            song.sing(theme, section, "lead", lead, 0.22 + 0.16 * section.energy, 0.1)


def write(song: Song) -> None:
    kit = {
        "kick": drums.kick(50, 150, 9, 0.6),
        "snare": drums.snare(song.rng, 178, 8.5, 7800, 0.30),
        "hat": drums.hat(song.rng, 60, 7000, 0.1),
        "high": drums.drum(190, 7),
        "mid": drums.drum(140, 7),
        "low": drums.drum(98, 6),
        "crash": drums.crash(song.rng),
    }
    line, order = song.choose(BASS_LINES), song.choose(ARPEGGIOS)
    for slot in song.slots:
        for n, pitch in enumerate(slot.stack):
            swell = Note(slot.beat, slot.length, pitch, 0.25 + 0.6 * slot.bar.energy)
            song.note("pad", analog_chord, swell, 0.34, -0.3 + 0.2 * n, ring=0.25)
        _arpeggio(song, slot, order)
        if slot.bar.energy > 0.35:
            _bass(song, slot, line)
    for bar in song.bars():
        if bar.energy > 0.5:
            _beat(song, kit, bar)
        if bar.place == 0 and bar.energy > 0.7:
            song.hit("drums", kit["crash"], bar.number * 4, 0.28, -0.2)
    _tunes(song)
    song.finish("pad", analog_chord, (song.home.root(33), *song.home.stack), 0.38, 0)
    song.hit("drums", kit["kick"], song.end, 1.0)
    song.hit("drums", kit["crash"], song.end, 0.3)


STYLE = Style(
    name="synthwave",
    write=write,
    tempo=(92, 114),
    tonic="A",
    mode="minor",
    progressions=(
        ("Am F C G", "F G Am C"),
        ("Am Em F Dm", "F C G Am"),
        ("Am C G F", "Dm F Am G"),
        ("F Am G Em", "F G Em Am"),
    ),
    parts=(
        Part("intro", 1, 0.3),
        Part("verse", 2, 0.65),
        Part("chorus", 2, 0.95),
        Part("bridge", 1, 0.4),
        Part("chorus", 2, 1.0),
    ),
    buses={
        "drums": Bus(1.0, room=0.05),
        "snare": Bus(1.05, room=0.5),
        "bass": Bus(0.8, duck=0.5),
        "pad": Bus(0.9, room=0.5, duck=0.6),
        "arp": Bus(0.45, room=0.25, echo=0.4, duck=0.4),
        "lead": Bus(1.9, room=0.35, echo=0.55),
    },
    loose=0.002,
    voices=(50, 71),
    tail=4.5,
    room=Room(1.9, 5200, 0.26),
    echo=Echo(0.75, 0.45, 0.4),
    drive=0.8,
)
