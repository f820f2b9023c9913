"""The public pages: what they show, to whom, and with how many queries."""

import json
import re
from html import unescape

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import Artist
from audio.models import Casset, Tag, Track
from tests import make

pytestmark = pytest.mark.django_db
MOST_QUERIES = 12


def pages_of(casset: Casset) -> list[str]:
    return [casset.get_absolute_url(), casset.tracks.first().get_absolute_url()]


def test_the_home_page_shows_new_cassets_and_plays_the_newest(visitor: Client, ana: Artist) -> None:
    make.casset(ana, "First Light", published=True)
    newest = make.casset(ana, "Second Wind", published=True)
    make.casset(ana, "Not Yet", tracks=1)
    page = visitor.get("/")
    assert page.status_code == 200
    assert page.context["spotlight"] == newest
    assert page.text.index("Second Wind") < page.text.index("First Light")
    assert "Not Yet" not in page.text


def test_a_track_in_a_page_can_be_played_at_once(visitor: Client, ana: Artist) -> None:
    casset = make.casset(ana, published=True)
    page = visitor.get(casset.get_absolute_url())
    playable = json.loads(unescape(re.search(r'data-track="([^"]+)"', page.text)[1]))
    assert playable["src"].startswith(f"/a/{casset.tracks.get().preview_id}.mp3?t=")
    assert (playable["scope"], playable["duration_ms"], playable["track_ms"]) == ("preview", 30_000, 60_000)
    assert visitor.cookies["listener"]["httponly"]


@pytest.mark.parametrize("who", ["visitor", "as_finn", "as_max"])
def test_an_unpublished_casset_does_not_exist_for_strangers(
    who: str, request: pytest.FixtureRequest, ana: Artist
) -> None:
    casset = make.casset(ana, tracks=1)
    client: Client = request.getfixturevalue(who)
    track = casset.tracks.get()
    for url in [*pages_of(casset), f"/listen/cassets/{casset.pk}/", f"/listen/tracks/{track.pk}/"]:
        assert client.get(url).status_code == 404, url


@pytest.mark.parametrize("who", ["as_ana", "as_sol"])
def test_its_artist_and_staff_see_an_unpublished_casset(
    who: str, request: pytest.FixtureRequest, ana: Artist
) -> None:
    casset = make.casset(ana, tracks=1)
    client: Client = request.getfixturevalue(who)
    for url in [*pages_of(casset), f"/listen/cassets/{casset.pk}/"]:
        assert client.get(url).status_code == 200, url


def test_a_suspended_artist_disappears(visitor: Client, ana: Artist) -> None:
    casset = make.casset(ana, published=True)
    ana.user.is_active = False
    ana.user.save()
    for url in [ana.get_absolute_url(), *pages_of(casset)]:
        assert visitor.get(url).status_code == 404
    assert casset.title not in visitor.get("/").text


def test_browse_filters_by_tag_and_sorts(visitor: Client, ana: Artist) -> None:
    dub = Tag.objects.create(name="dub", slug="dub")
    make.casset(ana, "Zebra", published=True).tags.add(dub)
    make.casset(ana, "Apple", published=True)
    assert [row.title for row in visitor.get("/browse/?tag=dub").context["cassets"]] == ["Zebra"]
    assert [row.title for row in visitor.get("/browse/?sort=title").context["cassets"]] == ["Apple", "Zebra"]
    for odd in ("?sort=%27;--", "?page=99999999", "?page=x", "?tag="):
        assert visitor.get(f"/browse/{odd}").status_code == 200
    assert visitor.get("/browse/?tag=none").status_code == 404


def test_the_feed_goes_on_page_by_page(visitor: Client, ana: Artist) -> None:
    for number in range(26):
        make.casset(ana, f"Casset {number}", published=True)
    first = visitor.get("/")
    assert (len(first.context["cassets"]), first.context["next_page_url"]) == (24, "/?page=2")
    second = visitor.get("/?page=2")
    assert (len(second.context["cassets"]), second.context["next_page_url"]) == (2, "")
    assert visitor.get("/?page=-1").status_code == visitor.get("/?page=9999999999").status_code == 200


@pytest.mark.parametrize("path", ["/", "/browse/", "artist", "casset", "track"])
def test_queries_do_not_grow_with_the_catalogue(
    path: str, visitor: Client, ana: Artist, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    casset = make.casset(ana, published=True)
    urls = {"artist": ana.get_absolute_url(), "casset": pages_of(casset)[0], "track": pages_of(casset)[1]}
    url = urls.get(path, path)
    with django_assert_max_num_queries(MOST_QUERIES) as few:
        visitor.get(url)
    for number in range(8):
        make.casset(ana, f"More {number}", published=True, tracks=2)
        make.track(casset)
    with django_assert_max_num_queries(MOST_QUERIES) as many:
        visitor.get(url)
    assert len(many) == len(few)


def test_a_processing_track_answers_409_and_an_unknown_one_404(
    visitor: Client, as_ana: Client, ana: Artist
) -> None:
    waiting = make.track(make.casset(ana), ready=False)
    assert as_ana.get(f"/listen/tracks/{waiting.pk}/").status_code == 409
    assert visitor.get("/listen/tracks/999999/").status_code == 404
    assert Track.objects.count() == 1


def test_text_from_people_is_shown_as_text(visitor: Client, ana: Artist) -> None:
    nasty = "<script>alert(1)</script>"
    casset = make.casset(ana, "Nasty", published=True, notes=nasty)
    make.track(casset, nasty, slug="nasty", lyrics=nasty)
    for url in [casset.get_absolute_url(), casset.tracks.get(slug="nasty").get_absolute_url(), "/"]:
        assert nasty not in visitor.get(url).text


def test_every_answer_carries_the_strict_policy(visitor: Client, db: None) -> None:
    policy = visitor.get("/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert re.search(r"script-src 'self' 'sha256-[\w+/=]{44}'", policy)
    assert "unsafe" not in policy
