"""The demo's pictures: the same every time, all different, with type that can be read."""

import hashlib
from functools import cache

import numpy as np
import pytest
from PIL import Image

from studio.demo.catalogue import CATALOGUE, ArtistEntry
from studio.demo.covers import SYSTEMS, Job, draw, portrait
from studio.demo.covers.lettering import wraps
from studio.demo.covers.sheet import SIDE, contrast

LEVELS = bytes(range(100, 200)) * 8


def job(artist: ArtistEntry, place: int = 0) -> Job:
    return Job(artist.palette.turned(place), artist.cassets[place].title, artist.name, "CST-1", place, LEVELS)


@cache
def cover(handle: str) -> Image.Image:
    artist = next(artist for artist in CATALOGUE if artist.handle == handle)
    return draw(artist.system, job(artist))


def test_every_artist_has_a_visual_system_of_their_own() -> None:
    assert sorted(artist.system for artist in CATALOGUE) == sorted(SYSTEMS)


@pytest.mark.parametrize("artist", CATALOGUE, ids=lambda artist: artist.system)
def test_a_cover_is_a_full_square_of_colour(artist: ArtistEntry) -> None:
    image = cover(artist.handle)
    assert image.size == (SIDE, SIDE) and image.mode == "RGB"
    assert np.asarray(image).std() > 20


def test_covers_differ_between_artists() -> None:
    small = [np.asarray(cover(artist.handle).resize((16, 16)), float) for artist in CATALOGUE]
    gaps = [np.abs(one - other).mean() for i, one in enumerate(small) for other in small[:i]]
    assert min(gaps) > 10


def test_two_cassets_of_an_artist_differ() -> None:
    artist = CATALOGUE[0]
    other = draw(artist.system, job(artist, 1))
    assert np.abs(np.asarray(other, float) - np.asarray(cover(artist.handle), float)).mean() > 5


def test_the_same_job_draws_the_same_cover() -> None:
    artist = CATALOGUE[-1]
    again = draw(artist.system, job(artist)).tobytes()
    assert hashlib.sha256(again).digest() == hashlib.sha256(cover(artist.handle).tobytes()).digest()


def test_portraits_differ() -> None:
    drawn = {portrait(artist.palette, place).tobytes() for place, artist in enumerate(CATALOGUE)}
    assert len(drawn) == len(CATALOGUE)


@pytest.mark.parametrize("artist", CATALOGUE, ids=lambda artist: artist.handle)
def test_ink_reads_on_paper(artist: ArtistEntry) -> None:
    assert contrast(artist.palette.ink, artist.palette.paper) > 7


@pytest.mark.parametrize("text", ["Salt", "Paper Lanterns", "The Long Way Down to the River", "A B"])
def test_wrapping_a_title_loses_no_word(text: str) -> None:
    for lines in wraps(text, 3):
        assert " ".join(lines).split() == text.split()
        assert all(lines)
