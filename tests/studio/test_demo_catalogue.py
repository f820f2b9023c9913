"""The demo's catalogue keeps the site's rules, so that nothing in it is refused."""

import re
from itertools import chain

import pytest

from accounts.models import COLOR_RULE, HANDLE_RULE, Artist
from accounts.services import handles
from audio import lyrics
from audio.models import Casset, Track
from audio.services.cassets import MOST_TAGS
from audio.services.names import slug, title_from
from studio.demo import catalogue as demo
from studio.demo.catalogue import CATALOGUE, seconds_of, seed_of
from studio.demo.load import order
from studio.demo.music import STYLES

CASSETS = [(artist, casset) for artist in CATALOGUE for casset in artist.cassets]
TRACKS = [(artist, casset, track) for artist, casset in CASSETS for track in casset.tracks]


def test_it_is_large_enough_to_look_alive() -> None:
    published = [casset for _, casset in CASSETS if casset.days_ago]
    assert len(CATALOGUE) >= 8
    assert len(published) >= 16
    assert len(TRACKS) >= 60
    assert len(CASSETS) - len(published) == 1


def test_the_whole_of_it_stays_short_enough_to_be_made_at_first_start() -> None:
    lengths = [seconds_of(*entry) for entry in TRACKS]
    assert min(lengths) >= 40 and max(lengths) <= 75
    assert sum(lengths) <= 3500


def test_names_are_unique_where_the_site_wants_them_so() -> None:
    people = [artist.handle for artist in CATALOGUE] + [demo.LISTENER_HANDLE, demo.STAFF_HANDLE]
    assert len(set(people)) == len(people)
    for artist in CATALOGUE:
        slugs = [slug(casset.title, fallback="") for casset in artist.cassets]
        assert all(slugs) and len(set(slugs)) == len(slugs)
    for _, casset in CASSETS:
        slugs = [slug(track.title, fallback="") for track in casset.tracks]
        assert all(slugs) and len(set(slugs)) == len(slugs)
    assert len({seed_of(*entry) for entry in TRACKS}) == len(TRACKS)


@pytest.mark.parametrize("artist", CATALOGUE, ids=lambda artist: artist.handle)
def test_artists_keep_the_rules(artist: demo.ArtistEntry) -> None:
    HANDLE_RULE(artist.handle)
    COLOR_RULE(artist.accent)
    handles.check(artist.handle, look_up=False)
    assert len(artist.bio) > 80
    for field in ("name", "bio", "location"):
        assert len(getattr(artist, field)) <= (Artist._meta.get_field(field).max_length or 0)


@pytest.mark.parametrize(("artist", "casset"), CASSETS, ids=lambda entry: getattr(entry, "title", ""))
def test_cassets_keep_the_rules(artist: demo.ArtistEntry, casset: demo.CassetEntry) -> None:
    assert len(casset.title) <= (Casset._meta.get_field("title").max_length or 0)
    assert 1 <= len(casset.tags) <= MOST_TAGS
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9 -]{1,29}", tag) for tag in casset.tags)
    assert casset.notes
    assert casset.tracks


def test_tracks_keep_the_rules_and_name_styles_that_exist() -> None:
    for artist, casset, track in TRACKS:
        assert order(artist, casset, track).style in STYLES
        assert len(track.title) <= (Track._meta.get_field("title").max_length or 0)
        assert title_from(f"01 {track.title}.flac") == track.title


def test_there_are_lyrics_plain_and_timed_and_something_for_collectors_only() -> None:
    words = [track.lyrics for _, _, track in TRACKS if track.lyrics]
    timed = [text for text in words if lyrics.lines(text)[0][0] is not None]
    assert len(words) >= 4 and len(timed) == 1
    moments = [ms for ms, _ in lyrics.lines(timed[0]) if ms is not None]
    assert moments == sorted(moments) and moments[-1] < 50_000
    assert sum(track.premium_only for _, _, track in TRACKS) >= 3


def test_every_style_is_heard() -> None:
    heard = set(chain.from_iterable([track.style or casset.style] for _, casset, track in TRACKS))
    assert heard == set(STYLES)


def test_what_the_listener_holds_exists() -> None:
    shelf = {(artist.handle, casset.title) for artist, casset in CASSETS if casset.days_ago}
    assert set(demo.LISTENER_SHELF) <= shelf
