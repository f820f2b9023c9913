"""The studio's first page."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import Artist
from audio.models import Track, TrackStatus
from tests import make

URL = "/studio/"


def test_an_artist_sees_their_cassets_with_tracks_and_plays(ana: Artist, as_ana: Client) -> None:
    casset = make.casset(ana, "Side A", published=True, tracks=3)
    Track.objects.filter(casset=casset).update(play_count=7)
    make.casset(ana, "Side B")
    page = as_ana.get(URL)
    assert page.status_code == 200
    for words in ("Side A", "Side B", "3 tracks", "21 plays", "Out", "Draft"):
        assert words in page.text


def test_a_new_artist_is_invited_to_make_a_casset(as_ana: Client) -> None:
    page = as_ana.get(URL)
    assert "Your first casset" in page.text
    assert 'href="/studio/cassets/new/"' in page.text


def test_a_file_that_could_not_be_used_is_seen_from_here(ana: Artist, as_ana: Client) -> None:
    track = make.track(make.casset(ana), ready=False)
    Track.objects.filter(pk=track.pk).update(status=TrackStatus.REJECTED)
    assert "Needs a look" in as_ana.get(URL).text


def test_nobody_sees_the_cassets_of_another(max_: Artist, as_ana: Client) -> None:
    make.casset(max_, "Not Hers")
    assert "Not Hers" not in as_ana.get(URL).text


def test_a_visitor_is_asked_to_sign_in(visitor: Client, db: None) -> None:
    answer = visitor.get(URL)
    assert answer.status_code == 302
    assert answer.url == "/accounts/login/?next=/studio/"


def test_a_fan_is_sent_to_open_an_artist_page(as_finn: Client) -> None:
    answer = as_finn.get(URL)
    assert answer.status_code == 302
    assert answer.url == "/accounts/artist/"


def test_it_is_only_read(as_ana: Client) -> None:
    assert as_ana.post(URL).status_code == 405


@pytest.mark.parametrize("cassets", [1, 30])
def test_queries_do_not_grow_with_the_shelf(
    cassets: int, ana: Artist, as_ana: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(cassets):
        make.casset(ana, f"Side {number}")
    with django_assert_max_num_queries(5):
        as_ana.get(URL)
