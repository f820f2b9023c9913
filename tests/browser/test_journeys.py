"""The listener's and the artist's way through the site, in Chromium."""

import io
import json
from collections.abc import Callable
from functools import partial
from html import unescape

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from accounts.models import Artist, User
from audio.models import Casset, Track
from audio.services import cassets, uploads
from tests import make
from tests.audio import sounds
from tests.browser.conftest import Site, _until


def music(artist: Artist, title: str = "Night Bus", tracks: int = 2) -> Casset:
    """A published casset with real sound in it."""
    casset = make.casset(artist, title)
    for number in range(tracks):
        data = sounds.file("wav", 40, seed=number)
        upload = uploads.begin(casset=casset, filename=f"Song {number + 1}.wav", size=len(data))
        uploads.append(upload=upload, offset=0, body=io.BytesIO(data))
    _until(lambda: Track.objects.filter(casset=casset).ready().count() == tracks, 60)
    cassets.publish(casset=casset)
    casset.refresh_from_db()
    return casset


@pytest.fixture
def anas(transactional_db: None) -> Artist:
    return make.artist("ana", name="Ana Luz", bio="Slow songs for fast trains.")


def playing(page: Page) -> None:
    expect(page.locator("[data-track][data-state=playing]").first).to_be_attached()


def test_a_tap_plays_and_the_music_never_stops_while_browsing(site: Site, anas: Artist) -> None:
    casset = music(anas)
    visit = site.visit()
    page, media = visit.page, []
    page.on("request", lambda request: media.append(request.url) if "/a/" in request.url else None)
    page.goto("/")
    page.locator("[data-play]").first.click()
    playing(page)
    page.evaluate(
        "() => { globalThis.pauses = 0; document.addEventListener('casset:player', (e) => {"
        " if (['paused', 'ended', 'error', 'denied', 'idle'].includes(e.detail.state)) pauses += 1; }); }"
    )
    src = page.evaluate(
        "() => JSON.parse(document.querySelector('[data-track]').dataset.track).src.split('?')[0]"
    )
    before = len([url for url in media if src in url])
    visit.expected = ["404"]
    for step in _thirteen_ways(page, casset):
        step()
        page.wait_for_timeout(150)
    assert page.evaluate("() => pauses") == 0
    assert len([url for url in media if src in url]) == before
    assert page.evaluate("() => performance.getEntriesByType('navigation').length") == 1


UNKNOWN_PAGE = """() => {
  const link = Object.assign(document.createElement("a"), {href: "/none/", textContent: "nowhere"});
  document.querySelector("#main").append(link);
  htmx.process(link);
  link.click();
}"""


def test_a_tap_before_the_scripts_are_there_is_played_once_they_are(site: Site, anas: Artist) -> None:
    music(anas, tracks=1)
    held: list[Route] = []
    page = site.visit().page
    page.route("**/js/app.js", lambda route: held.append(route))  # noqa: PLW0108  (the driver marks its handlers)
    page.goto("/", wait_until="commit")
    page.locator("[data-play]").first.click()
    expect(page.locator("[data-track]").first).to_have_attribute("data-state", "loading")
    assert held
    for route in held:
        route.continue_()
    playing(page)


def test_one_tab_plays_at_a_time(site: Site, anas: Artist) -> None:
    casset = music(anas, tracks=1)
    visit = site.visit()
    tabs = [visit.page, visit.context.new_page()]
    for tab in tabs:
        tab.goto(casset.get_absolute_url())
        tab.locator("[data-play]").first.click()
        playing(tab)
    expect(tabs[0].locator("[data-track]").first).to_have_attribute("data-state", "paused")
    playing(tabs[1])


def _thirteen_ways(page: Page, casset: Casset) -> list[Callable[[], object]]:
    """Links, history both ways, a page that is not there, a form that is refused."""

    def link(name: str) -> Callable[[], object]:
        return page.get_by_role("link", name=name).first.click

    return [
        link("Browse"),
        link(casset.title),
        link("Song 1"),
        link("Ana Luz"),
        page.go_back,
        page.go_back,
        page.go_forward,
        partial(page.evaluate, UNKNOWN_PAGE),
        page.go_back,
        link("Sign in"),
        page.get_by_role("main").get_by_role("button", name="Sign in").first.click,
        link("Browse"),
        link("Casset, home"),
    ]


def test_a_preview_ends_where_it_was_cut_and_the_artist_hears_it_all(site: Site, anas: Artist) -> None:
    casset = music(anas, tracks=1)
    for user, scope, seconds in ((None, "preview", 30), (anas.user, "full", 40)):
        page = site.visit(user).page
        page.goto(casset.get_absolute_url())
        playable = json.loads(unescape(page.locator("[data-track]").first.get_attribute("data-track") or ""))
        assert (playable["scope"], round(playable["duration_ms"] / 1000)) == (scope, seconds)
        page.locator("[data-play]").first.click()
        playing(page)


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_accessible_in_every_light(site: Site, anas: Artist, width: int, scheme: str) -> None:
    casset = make.casset(anas, "Night Bus", published=True, tracks=3)
    make.track(casset, "With words", lyrics="One\nTwo", credits="Written by Ana")
    visit = site.visit(width=width, scheme=scheme)
    visit.expected = ["404"]
    track = casset.tracks.get(title="With words").get_absolute_url()
    paths = ["/", "/browse/", anas.get_absolute_url(), casset.get_absolute_url(), track, "/none/"]
    paths += ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"]
    for path in paths:
        visit.page.goto(path)
        _assert_accessible(visit.page, path)


@pytest.mark.parametrize("width", [390, 1280])
def test_members_pages_are_accessible(site: Site, anas: Artist, width: int) -> None:
    casset = make.casset(anas, "Night Bus", tracks=2)
    track = casset.tracks.first()
    visit = site.visit(anas.user, width=width)
    paths = ["/accounts/profile/", "/accounts/artist/edit/", "/accounts/email/", "/accounts/password/change/"]
    paths += [
        "/studio/",
        "/studio/cassets/new/",
        f"/studio/cassets/{casset.pk}/",
        f"/studio/tracks/{track.pk}/",
    ]
    for path in paths:
        visit.page.goto(path)
        _assert_accessible(visit.page, path)


def _assert_accessible(page: Page, path: str) -> None:
    expect(page.locator("h1")).to_have_count(1)
    results = Axe().run(
        page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}
    )
    problems = [(row["id"], row["nodes"][0]["html"][:120]) for row in results.response["violations"]]
    assert problems == [], path
    overflow = page.evaluate(
        "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert overflow <= 0, f"{path} is wider than the screen"


def test_staff_sign_in_to_their_own_pages(site: Site, sol: User) -> None:
    page = site.visit().page
    page.goto("/admin/")
    page.get_by_label("E-mail").fill(sol.email)
    page.get_by_label("Password").fill(make.PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("link", name="Casset staff")).to_be_visible()
    expect(page.locator("#nav")).to_have_count(0)
    page.get_by_role("link", name="Tracks", exact=True).first.click()
    expect(page.get_by_role("heading", name="Select track to change")).to_be_visible()
