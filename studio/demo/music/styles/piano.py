"""Solo felt piano: broken chords in the left hand, a slow tune in the right, rubato and a long pedal."""

from studio.demo.music.form import Part
from studio.demo.music.instruments import felt_piano
from studio.demo.music.melody import Note
from studio.demo.music.mixdown import Bus, Echo, Room
from studio.demo.music.song import Slot, Song, Style
from studio.demo.music.theory import above

RHYTHMS = ((0, 1.5, 2, 3), (0, 2, 3), (0, 0.5, 1, 2, 3), (0, 3), (0, 1, 2, 2.5, 3))


def _left(song: Song, slot: Slot, figure: tuple[float, ...], force: float) -> None:
    """Root, fifth, tenth and back, the pedal held to the next chord."""
    root = slot.root(33)
    tones = slot.chord.tones
    fifth = above(tones[2 % len(tones)], root + 1)
    tenth = above(tones[1], root + 12)
    octave = above(tones[0], fifth + 1)
    path = (root, fifth, tenth, octave, tenth, fifth, octave, tenth)
    for i, beat in enumerate(figure):
        if beat >= slot.length:
            break
        pitch = path[i % len(path)]
        note = Note(slot.beat + beat, slot.length - beat, pitch, force * (1.0 if i == 0 else 0.72))
        song.note("piano", felt_piano, note, 0.8, -0.35 + (pitch - 33) / 60, ring=0.5)


def write(song: Song) -> None:
    figures = ((0, 1, 2, 3), (0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5), (0, 0.5, 1, 2, 3))
    figure = song.choose(figures)
    verse, chorus = song.theme(song.verse, RHYTHMS, 70), song.theme(song.chorus, RHYTHMS, 75)
    for slot in song.slots:
        sparse = slot.bar.energy < 0.45
        _left(song, slot, (0, 2) if sparse else figure, 0.45 + 0.3 * slot.bar.energy)
        if slot.bar.energy > 0.75:
            for pitch in slot.stack[-2:]:
                song.note("piano", felt_piano, Note(slot.beat + 1.5, 2.0, pitch, 0.32), 0.7, 0.2, ring=0.6)
    for section in song.sections:
        if section.name == "intro":
            continue
        theme = chorus if section.name == "chorus" else verse
        song.sing(theme, section, "tune", felt_piano, 0.62 + 0.4 * section.energy, ring=0.9)
        if section.energy > 0.85:
            high = [Note(n.beat, n.length, n.pitch + 12, n.force * 0.55) for n in theme]
            song.sing(high, section, "tune", felt_piano, 0.5, ring=0.9)
    home = song.home
    top = above(home.chord.tones[0], home.stack[-1] + 1)
    song.finish("piano", felt_piano, (home.root(33), *home.stack, top), 0.65, 0.09, ring=2)


STYLE = Style(
    name="piano",
    write=write,
    tempo=(66, 88),
    tonic="C",
    mode="major",
    progressions=(
        ("C G/B Am7 Fmaj7", "F C/E Dm7 G"),
        ("Am7 Fmaj7 C G", "Dm7 Am7 F G"),
        ("Fmaj7 C/E Dm7 Am7", "F G Em7 Am7"),
        ("Cmaj7 Em7 Am7 Fmaj7", "Dm7 G Cmaj7 Am7"),
    ),
    parts=(
        Part("intro", 1, 0.3),
        Part("verse", 2, 0.5),
        Part("chorus", 2, 0.8),
        Part("bridge", 1, 0.4),
        Part("chorus", 2, 0.95),
    ),
    buses={"piano": Bus(0.9, room=0.7), "tune": Bus(1.0, room=0.8)},
    rubato=0.16,
    slowing=1.3,
    loose=0.011,
    voices=(52, 72),
    tail=5.5,
    room=Room(2.4, 3600, 0.30),
    echo=Echo(1, 0, 0),
    drive=0.45,
)
