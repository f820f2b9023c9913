"""Tracks of a casset: adding, order, words, previews, removal."""

import threading

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Artist
from audio.models import Casset, Rendition, Track
from audio.services import tracks
from audio.services.tracks import TrackError
from tests import make

pytestmark = pytest.mark.django_db


def titles(casset: Casset) -> list[str]:
    return list(casset.tracks.in_order().values_list("title", flat=True))


def added(casset: Casset, filename: str) -> Track:
    with transaction.atomic():
        return tracks.add(casset=casset, filename=filename, size=1)


@pytest.fixture
def casset(ana: Artist) -> Casset:
    casset = make.casset(ana)
    for title in "ABCD":
        make.track(casset, title)
    return casset


def test_a_new_track_comes_last_with_a_name_of_its_own(ana: Artist) -> None:
    casset = make.casset(ana)
    names = ["01 Rain.wav", "02 - rain.mp3", "C:\\Music\\Rain.flac", "雨.wav", "雪.wav", "..", "x" * 300]
    slugs = [added(casset, name[:200]).slug for name in names]
    assert slugs[:5] == ["rain", "rain-2", "rain-3", "track", "track-2"]
    assert len(set(slugs)) == len(names)
    assert list(casset.tracks.in_order().values_list("position", flat=True)) == list(range(len(names)))


@pytest.mark.django_db(transaction=True)
def test_tracks_added_at_the_same_time_get_places_and_names_of_their_own(ana: Artist) -> None:
    casset, start = make.casset(ana), threading.Barrier(4)

    def add() -> None:
        start.wait(10)
        try:
            added(casset, "Rain.wav")
        finally:
            connection.close()

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert list(casset.tracks.in_order().values_list("position", "slug")) == [
        (0, "rain"),
        (1, "rain-2"),
        (2, "rain-3"),
        (3, "rain-4"),
    ]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-2, 6)), max_size=6))
def test_moves_are_those_of_a_list(casset: Casset, moves: list[tuple[int, int]]) -> None:
    expected = titles(casset)
    for place, to in moves:
        track = casset.tracks.get(title=expected[place])
        expected.insert(max(0, min(to, 3)), expected.pop(place))
        tracks.move(track=track, position=to)
        assert titles(casset) == expected
        assert list(casset.tracks.in_order().values_list("position", flat=True)) == [0, 1, 2, 3]


def test_moving_leaves_other_cassets_alone(casset: Casset) -> None:
    other = make.casset(casset.artist, "Side B")
    make.track(other, "Z", position=7)
    tracks.move(track=casset.tracks.get(title="D"), position=0)
    assert titles(casset) == ["D", "A", "B", "C"]
    assert other.tracks.get().position == 7


def test_the_last_track_of_a_published_casset_stays(ana: Artist) -> None:
    casset = make.casset(ana, published=True, tracks=2)
    first, last = casset.tracks.in_order()
    tracks.remove(track=first)
    with pytest.raises(TrackError, match="keeps at least one track"):
        tracks.remove(track=last)
    casset.refresh_from_db()
    assert (casset.track_count, casset.tracks.get(), casset.is_published) == (1, last, True)
    assert Rendition.objects.filter(track=last).count() == 2


def test_unfinished_tracks_do_not_hold_up_a_published_casset(ana: Artist) -> None:
    casset = make.casset(ana, published=True)
    make.track(casset, ready=False)
    with pytest.raises(TrackError):
        tracks.remove(track=casset.tracks.ready().get())
    assert casset.tracks.count() == 2


def test_removing_twice_is_removing_once(casset: Casset) -> None:
    track = casset.tracks.get(title="B")
    again = Track.objects.get(pk=track.pk)
    tracks.remove(track=track)
    tracks.remove(track=again)
    casset.refresh_from_db()
    assert (titles(casset), casset.track_count) == (["A", "C", "D"], 3)


def test_words_change_and_the_address_with_them_until_publication(ana: Artist) -> None:
    casset = make.casset(ana, tracks=1)
    make.track(casset, "Rain")
    track = casset.tracks.select_related("casset").in_order().first()
    words = {"lyrics": "[00:01.00] la", "credit": "Ana", "isrc": "USRC17607839", "premium_only": True}
    assert tracks.edit(track=track, title="Rain", **words).slug == "rain-2"
    make.casset(ana, "Side B")
    Casset.objects.filter(pk=casset.pk).update(published_at="2026-01-01T00:00Z")
    track = casset.tracks.select_related("casset").in_order().first()
    edited = tracks.edit(track=track, title="Snow", **words)
    edited.refresh_from_db()
    assert (edited.title, edited.slug, edited.isrc) == ("Snow", "rain-2", "USRC17607839")


@pytest.mark.parametrize(
    ("start_ms", "length_ms", "sentence"),
    [
        (-1, 10_000, "inside the track"),
        (0, 4_999, "between 5 and 90"),
        (0, 90_001, "between 5 and 90"),
        (55_000, 5_001, "inside the track"),
        (60_000, 5_000, "inside the track"),
        (2**31, 5_000, "inside the track"),
    ],
)
def test_a_preview_outside_its_bounds_changes_nothing(
    start_ms: int, length_ms: int, sentence: str, ana: Artist
) -> None:
    track = make.track(make.casset(ana), seconds=60)
    with pytest.raises(TrackError, match=sentence):
        tracks.set_preview(track=track, start_ms=start_ms, length_ms=length_ms)
    after = Track.objects.get(pk=track.pk)
    assert (after.preview_id, after.preview_start_ms) == (track.preview_id, 0)
    assert Rendition.objects.count() == 2


def test_a_preview_waits_for_the_track(ana: Artist) -> None:
    track = make.track(make.casset(ana), ready=False)
    with pytest.raises(TrackError, match="once the track is ready"):
        tracks.set_preview(track=track, start_ms=0, length_ms=10_000)
    assert not Rendition.objects.exists()
