"""Music made by code: a style, a seed and a length give one piece, always the same samples.

`render` gives the audio; `compose` also says where sections start, so that a preview can begin on the best bar.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.demo.music.song import Song, Style
from studio.demo.music.styles import (
    ambient,
    bossa,
    chiptune,
    dnb,
    dubtechno,
    folk,
    house,
    lofi,
    minimal,
    piano,
    synthwave,
)
from studio.demo.music.tones import SAMPLE_RATE

STYLES: dict[str, Style] = {
    module.STYLE.name: module.STYLE
    for module in (ambient, bossa, chiptune, dnb, dubtechno, folk, house, lofi, minimal, piano, synthwave)
}


@dataclass(frozen=True)
class Piece:
    """A finished piece: float32 audio of shape (samples, 2) and where its sections start, in milliseconds."""

    audio: NDArray[np.float32]
    tempo: float
    sections: tuple[tuple[str, int], ...]
    best_ms: int


def compose(style: str, seed: int, seconds: float) -> Piece:
    """Write and perform a piece of about `seconds` (whole sections). KeyError: no such style."""
    song = Song(STYLES[style], seed, seconds)
    audio = song.render()
    starts = tuple(
        (section.name, round(1000 * song.clock.seconds(section.first_bar * song.style.beats)))
        for section in song.sections
    )
    best = next((start for name, start in starts if name == song.style.best), starts[0][1])
    return Piece(audio, song.tempo, starts, best)


def render(style: str, seed: int, seconds: float) -> NDArray[np.float32]:
    """The audio alone: float32, (samples, 2), 44.1 kHz, peak -1 dBFS."""
    return compose(style, seed, seconds).audio


__all__ = ["SAMPLE_RATE", "STYLES", "Piece", "compose", "render"]
