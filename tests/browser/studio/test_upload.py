"""The artist's way from a file to a casset that is out, in Chromium."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from accounts.models import Artist
from audio.models import Casset, Track, Upload
from audio.services import uploads
from tests import make
from tests.audio import sounds
from tests.browser.conftest import Site, Visit, _until

READY = ".desk-track [data-play]"


@pytest.fixture
def ana(transactional_db: None) -> Artist:
    return make.artist("ana", name="Ana Luz")


def wav(name: str = "Paper Lanterns.wav", seconds: int = 40, seed: int = 1) -> dict[str, object]:
    return {"name": name, "mimeType": "audio/wav", "buffer": sounds.file("wav", seconds, seed=seed)}


def choose(page: Page, *files: dict[str, object]) -> None:
    page.locator("#upload-files").set_input_files(list(files))  # type: ignore[arg-type]


def desk(site: Site, casset: Casset, **look: object) -> Visit:
    visit = site.visit(casset.artist.user, **look)  # type: ignore[arg-type]
    visit.page.goto(f"/studio/cassets/{casset.pk}/")
    expect(visit.page.locator("casset-upload[data-live]")).to_be_attached()
    return visit


def test_from_a_file_to_a_casset_that_is_out(site: Site, ana: Artist) -> None:
    visit = site.visit(ana.user)
    page = visit.page
    page.goto("/studio/")
    page.get_by_role("link", name="Make a casset").click()
    page.get_by_label("Title").fill("Side A")
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Side A")
    expect(page.get_by_role("button", name="Publish")).to_be_disabled()

    choose(page, wav())
    expect(page.locator(READY)).to_be_visible(timeout=60_000)
    expect(page.locator(".transfer")).to_have_count(0)
    track = Track.objects.get()
    assert uploads.path_of(Upload.objects.get()).exists() is False
    assert track.original_bytes == len(sounds.file("wav", 40))

    page.locator(".desk-acts").get_by_role("link", name="Edit Paper Lanterns").click()
    window = page.get_by_role("slider", name="Where the preview starts")
    page.get_by_text("15 s", exact=True).click()
    window.press("Home")
    for key in ("PageUp", "ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight"):
        window.press(key)
    expect(window).to_have_attribute("aria-valuetext", "11.2 seconds to 26.2 seconds")
    page.get_by_role("button", name="Save the preview").click()
    expect(page.get_by_text("The preview of “Paper Lanterns” is saved.")).to_be_visible()
    track.refresh_from_db()
    assert (track.preview_start_ms, track.preview_length_ms) == (11_200, 15_000)

    page.get_by_role("navigation", name="Where you are").get_by_role("link", name="Side A").click()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("“Side A” is out.")).to_be_visible()
    listener = site.visit().page
    listener.goto("/@ana/side-a/")
    offered = json.loads(listener.locator("[data-track]").first.get_attribute("data-track") or "{}")
    assert (offered["scope"], offered["offset_ms"], offered["duration_ms"]) == ("preview", 11_200, 15_000)


def test_the_window_is_dragged_and_heard(site: Site, ana: Artist) -> None:
    casset = make.casset(ana)
    visit = desk(site, casset)
    page = visit.page
    choose(page, wav(seconds=80))  # on a busy machine, too, it has to play until the audition stops it
    page.locator(READY).click(timeout=60_000)
    page.wait_for_function("() => document.querySelector('.desk-track').dataset.state === 'playing'")
    page.get_by_role("main").get_by_role("link", name="Paper Lanterns", exact=True).click()
    expect(page.locator("casset-preview-picker[data-live]")).to_be_visible(timeout=15_000)
    page.get_by_text("45 s", exact=True).click()
    page.locator("[data-window]").press("Home")
    box = page.locator("[data-picker]").bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 20, y)
    page.mouse.down()
    page.mouse.move(box["x"] + 20 + box["width"] / 4, y, steps=5)
    page.mouse.up()
    start = float(re.sub(r".*:", "", page.locator("[name=start]").input_value()))
    assert start == pytest.approx(20, abs=0.4)
    page.mouse.click(box["x"] + box["width"] - 2, y)
    assert page.locator("[name=start]").input_value() == "0:35"
    page.evaluate(
        "() => document.addEventListener('casset:player', (e) => { globalThis.heard = e.detail.state; })"
    )
    page.get_by_role("button", name="Hear the preview").click()
    page.wait_for_function("() => globalThis.heard === 'paused'")
    expect(page.locator("[data-head]")).to_be_visible(timeout=15_000)
    page.wait_for_function(
        "() => parseFloat(document.querySelector('[data-head]').style.getPropertyValue('--at')) > 43.9"
    )
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("[data-head]")).to_be_hidden()


def test_a_broken_connection_is_bridged(site: Site, ana: Artist) -> None:
    visit = desk(site, make.casset(ana))
    page = visit.page
    pieces: list[str] = []
    visit.expected = ["ERR_INTERNET_DISCONNECTED", "ERR_FAILED"]

    def falter(route: Route) -> None:
        pieces.append(route.request.headers["upload-offset"])
        if len(pieces) == 2:
            route.abort("internetdisconnected")
        else:
            route.continue_()

    page.route(
        "**/studio/uploads/*-*/",
        lambda route: falter(route) if route.request.method == "PATCH" else route.continue_(),
    )
    choose(page, wav(seconds=60))
    expect(page.locator(".transfer-state")).to_contain_text("It goes on by itself.")
    expect(page.locator(READY)).to_be_visible(timeout=60_000)
    assert pieces == ["0", "4194304", "4194304", "8388608"]
    assert Track.objects.get().original_bytes == len(sounds.file("wav", 60))


def test_the_same_file_goes_on_after_a_reload(site: Site, ana: Artist, tmp_path: Path) -> None:
    song = tmp_path / "Paper Lanterns.wav"
    song.write_bytes(sounds.file("wav", 60))
    page = desk(site, make.casset(ana)).page
    page.on("dialog", lambda dialog: dialog.accept())
    sent: list[str] = []

    def get_stuck(route: Route) -> None:
        offset = route.request.headers.get("upload-offset")
        if offset and offset != "0":
            sent.append("stuck")
        else:
            route.continue_()

    page.route("**/studio/uploads/*-*/", get_stuck)
    page.locator("#upload-files").set_input_files(song)
    _until(lambda: page.wait_for_timeout(50) or sent == ["stuck"])
    assert Upload.objects.get().received == 4 * 1024**2
    page.reload()
    page.unroute_all(behavior="ignoreErrors")
    expect(page.locator("[data-unfinished] .transfer")).to_contain_text(
        "Choose the same file again to go on."
    )
    sent.clear()
    page.on("request", lambda request: sent.append(request.headers.get("upload-offset", request.method)))
    page.locator("#upload-files").set_input_files(song)
    expect(page.locator("[data-unfinished] .transfer")).to_be_hidden()
    expect(page.locator(READY)).to_be_visible(timeout=60_000)
    assert [told for told in sent if told not in ("GET", "POST")] == ["HEAD", "4194304", "8388608"]
    assert Track.objects.get().original_bytes == song.stat().st_size


def test_uploads_go_on_while_another_page_is_open(site: Site, ana: Artist) -> None:
    casset = make.casset(ana)
    visit = desk(site, casset)
    page = visit.page
    choose(page, *(wav(f"Song {number}.wav", 10, seed=number) for number in range(3)))
    page.get_by_role("navigation", name="Where you are").get_by_role("link", name="Studio").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Studio")
    _until(lambda: page.wait_for_timeout(100) or Track.objects.ready().count() == 3, 60)
    page.get_by_role("link", name="Side A").click()
    expect(page.locator(READY)).to_have_count(3)
    expect(page.locator(".transfer")).to_have_count(0)


def test_a_bad_file_says_so_and_is_removed(site: Site, ana: Artist) -> None:
    visit = desk(site, make.casset(ana))
    page = visit.page
    visit.expected = ["status of 422"]
    choose(
        page,
        {"name": "cover.mp3", "mimeType": "audio/mpeg", "buffer": b"\x89PNG\r\n\x1a\n" + bytes(4000)},
        {"name": "empty.wav", "mimeType": "audio/wav", "buffer": b""},
    )
    expect(page.locator(".transfer", has_text="empty.wav")).to_contain_text("“empty.wav” is empty.")
    page.get_by_role("button", name="Cancel empty.wav").click()
    expect(page.locator(".transfer")).to_have_count(0)
    expect(page.locator(".desk-track .field-error")).to_be_visible(timeout=30_000)
    page.get_by_role("button", name="Remove cover").click()
    expect(page.locator(".desk-track")).to_have_count(0)
    assert not Track.objects.exists()


def test_tracks_move_by_keyboard_and_keep_the_focus(site: Site, ana: Artist) -> None:
    casset = make.casset(ana)
    first, second, third = (make.track(casset, f"Track {name}") for name in "ABC")
    visit = desk(site, casset)
    page = visit.page
    page.locator(f"#up-{third.pk}").press("Enter")
    expect(page.locator(".desk-title").nth(1)).to_have_text("Track C")
    expect(page.locator(f"#up-{third.pk}")).to_be_focused()
    assert list(casset.tracks.in_order()) == [first, third, second]


def test_it_works_without_javascript(site: Site, ana: Artist) -> None:
    casset = make.casset(ana)
    visit = site.visit(ana.user)
    context = site.browser.new_context(
        base_url=site.url, java_script_enabled=False, storage_state=visit.context.storage_state()
    )
    page = context.new_page()
    page.goto(f"/studio/cassets/{casset.pk}/")
    choose(page, wav())
    page.get_by_role("button", name="Upload").click()
    _until(lambda: Track.objects.ready().exists(), 60)
    page.reload()
    page.get_by_role("main").get_by_role("link", name="Paper Lanterns", exact=True).click()
    page.get_by_label("Starts at").fill("0:05")
    page.get_by_label("15 s").check()
    page.get_by_role("button", name="Save the preview").click()
    expect(page.get_by_text("The preview of “Paper Lanterns” is saved.")).to_be_visible()
    track = Track.objects.get()
    assert (track.preview_start_ms, track.preview_length_ms) == (5_000, 15_000)
    page.goto(f"/studio/cassets/{casset.pk}/")
    page.get_by_role("button", name="Publish").click()
    casset.refresh_from_db()
    assert casset.is_published
    context.close()
