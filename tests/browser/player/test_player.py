"""What a listener sees and touches: bar, sheet, queue, keys, lock screen, and going on after a reload."""

import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.player.server import World
from tests.browser.player.stage import open_shell, wait_position, wait_state

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}


def test_the_player_shows_once_something_plays(page: Page, address: str, world: World) -> None:
    open_shell(page, address, world, 3)
    expect(page.locator("#player")).to_be_hidden()
    page.click("#play-3")
    expect(page.locator(".pl-bar")).to_be_visible()
    expect(page.locator(".pl-bar [data-show=title]")).to_have_text("Another")
    expect(page.locator(".pl-bar [data-show=title]")).to_have_attribute("href", "/@nova/side-a/3/")
    expect(page.locator(".pl-bar [data-show=duration]")).to_have_text("0:20")
    expect(page.locator(".pl-bar [data-act=toggle]")).to_have_attribute("aria-label", "Pause")
    assert page.get_attribute("body", "data-player") == "on"
    page.click(".pl-bar [data-act=toggle]")
    wait_state(page, "paused")


def test_a_link_of_the_player_swaps_the_page_and_the_music_plays_on(
    page: Page, address: str, world: World
) -> None:
    open_shell(page, address, world, 3)
    page.click("#play-3")
    wait_position(page, 300)
    page.evaluate("globalThis.kept = true")
    page.click(".pl-bar [data-show=title]")
    page.wait_for_url("**/@nova/side-a/3/")
    position = page.evaluate("engine.position_ms")
    wait_position(page, position + 300)
    assert page.evaluate("globalThis.kept") is True
    assert set(page.evaluate("states").copy()) <= {"unlocking", "playing", "buffering"}


def test_the_seek_bar_is_a_slider_that_speaks(page: Page, address: str, world: World) -> None:
    open_shell(page, address, world, 4)
    page.click("#play-4")
    wait_position(page, 200)
    page.locator(".pl-bar [data-set=seek]").focus()
    page.keyboard.press("End")
    page.keyboard.press("PageDown")
    page.wait_for_function("engine.position_ms > 30000")
    text = page.get_attribute(".pl-bar [data-set=seek]", "aria-valuetext") or ""
    assert text.endswith("of 40 seconds")


def test_the_preview_says_how_much_it_is(page: Page, address: str, world: World) -> None:
    world.previews.add(4)
    open_shell(page, address, world, 4)
    page.click("#play-4")
    expect(page.locator(".pl-bar [data-show=note]")).to_have_text("Preview · 10 s of 0:40")


def test_the_sheet_opens_holds_the_focus_and_closes(page: Page, address: str, world: World) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    open_shell(page, address, world, 3, 4)
    page.click("#play-3")
    wait_position(page, 200)
    page.click(".pl-open")
    sheet = page.locator(".pl-sheet")
    expect(sheet).to_be_visible()
    assert page.evaluate("document.activeElement.closest('.pl-sheet') !== null")
    sheet.locator("[data-act=next]").click()
    expect(sheet.locator("[data-show=title]")).to_have_text("Long one")
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    assert page.evaluate("document.activeElement.className") == "pl-open"


def test_the_queue_can_be_jumped_sorted_and_shortened(page: Page, address: str, world: World) -> None:
    open_shell(page, address, world, 3, 4, 5)
    page.click("#play-3")
    page.click(".pl-bar [data-act=queue]")
    rows = page.locator(".pl-row b")
    expect(rows).to_have_text(["Another", "Long one", "Short"])
    page.get_by_label("Move Short up").click()
    expect(rows).to_have_text(["Another", "Short", "Long one"])
    page.get_by_label("Remove Short from the queue").click()
    expect(rows).to_have_text(["Another", "Long one"])
    page.get_by_label("Play Long one by Nova Kite").click()
    page.wait_for_function("engine.track.id === 4")
    expect(page.locator(".pl-row[aria-current] b")).to_have_text("Long one")


def test_a_failure_is_told_in_plain_words_and_can_be_tried_again(
    page: Page, address: str, world: World
) -> None:
    world.refusals["1"] = (409, "processing")
    open_shell(page, address, world, 3)
    page.click("#play-3")
    wait_state(page, "error")
    expect(page.locator(".pl-bar [data-show=message]")).to_contain_text("still being prepared")
    world.refusals.clear()
    page.click(".pl-bar [data-act=retry]")
    wait_position(page, 300)
    expect(page.locator(".pl-bar [data-show=problem]")).to_be_hidden()


def test_after_a_reload_the_music_waits_where_it_was(page: Page, address: str, world: World) -> None:
    open_shell(page, address, world, 3, 4)
    page.click("#play-4")
    wait_position(page, 200)
    page.evaluate("engine.seek(12000)")
    page.wait_for_function("engine.state.name === 'playing' && engine.position_ms > 12100")
    page.reload()
    page.wait_for_function("globalThis.ready")
    expect(page.locator(".pl-bar [data-act=toggle]")).to_have_attribute("aria-label", "Resume")
    expect(page.locator(".pl-bar [data-show=note]")).to_have_text("Resume at 0:12")
    assert page.evaluate("engine.output.live.sounding") is False
    page.click(".pl-bar [data-act=toggle]")
    wait_position(page, 12_500)
    assert page.evaluate("engine.queue.list.map((entry) => entry.track.id)") == [3, 4]


def test_a_visit_later_keeps_no_signed_address(page: Page, address: str, world: World) -> None:
    open_shell(page, address, world, 3)
    page.click("#play-3")
    wait_position(page, 500)
    page.evaluate("engine.pause()")
    kept = json.loads(page.evaluate("localStorage.getItem('casset:resume')"))
    assert [entry["track"]["src"] for entry in kept["queue"]["list"]] == [""]
    page.evaluate("removeEventListener('pagehide', () => {}); sessionStorage.clear()")
    later = page.context.new_page()
    later.goto(address)
    later.wait_for_function("globalThis.ready && engine.track?.src")
    later.click(".pl-bar [data-act=toggle]")
    later.wait_for_function("engine.state.name === 'playing'")


def test_logging_out_forgets_what_was_heard(page: Page, address: str, world: World) -> None:
    open_shell(page, address, world, 3)
    page.click("#play-3")
    wait_position(page, 300)
    page.evaluate(
        """() => {
            const form = Object.assign(document.createElement("form"), { action: "/accounts/logout/", method: "get" });
            form.setAttribute("hx-boost", "false");
            document.body.append(form);
            form.requestSubmit();
        }"""
    )
    page.wait_for_url("**/accounts/logout/**")
    assert page.evaluate(
        "[localStorage.getItem('casset:resume'), sessionStorage.getItem('casset:resume')]"
    ) == [
        None,
        None,
    ]


def test_keys_play_and_fields_keep_their_letters(page: Page, address: str, world: World) -> None:
    open_shell(page, address, world, 3, 4)
    page.click("#play-3")
    wait_position(page, 300)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Space")
    wait_state(page, "paused")
    page.keyboard.press("k")
    wait_state(page, "playing")
    page.keyboard.press("l")
    wait_position(page, 10_000)
    page.keyboard.press("n")
    page.wait_for_function("engine.track.id === 4")
    page.keyboard.press("m")
    assert page.evaluate("engine.output.live.element.muted") is True
    page.keyboard.press("r")
    page.keyboard.press("s")
    assert page.evaluate("[engine.queue.repeat, engine.queue.shuffled]") == ["all", True]
    page.focus("#field")
    page.keyboard.type("kn p")
    assert page.input_value("#field") == "kn p"
    assert page.evaluate("engine.wanting && engine.track.id === 4") is True


def test_keys_can_be_switched_off(page: Page, address: str, world: World) -> None:
    open_shell(page, address, world, 3)
    page.click("#play-3")
    wait_position(page, 300)
    page.click(".pl-bar [data-act=options]")
    page.uncheck("#pl-shortcuts")
    page.keyboard.press("Escape")
    page.keyboard.press("k")
    assert page.evaluate("engine.wanting") is True
    assert json.loads(page.evaluate("localStorage.getItem('casset:settings')"))["shortcuts"] is False


def test_the_lock_screen_knows_the_track_and_its_position(page: Page, address: str, world: World) -> None:
    page.add_init_script(
        """globalThis.handlers = {}; globalThis.positions = [];
        MediaSession.prototype.setActionHandler = (name, handler) => { handlers[name] = handler; };
        MediaSession.prototype.setPositionState = (state) => { positions.push(state); };"""
    )
    open_shell(page, address, world, 3, 4)
    page.click("#play-3")
    wait_position(page, 300)
    assert page.evaluate(
        "(({ title, artist, album }) => [title, artist, album])(navigator.mediaSession.metadata)"
    ) == ["Another", "Nova Kite", "Side A"]
    assert page.evaluate("[handlers.seekforward, handlers.seekbackward]") == [None, None]
    page.evaluate("handlers.seekto({ seekTime: 7 })")
    wait_position(page, 7_000)
    assert page.evaluate("positions.every(({ duration }) => duration === 20)") is True
    page.evaluate("handlers.nexttrack()")
    page.wait_for_function("navigator.mediaSession.metadata.title === 'Long one'")
    page.evaluate("handlers.pause()")
    assert page.evaluate("navigator.mediaSession.playbackState") == "paused"


def test_a_waveform_starts_and_seeks_its_track(page: Page, address: str, world: World) -> None:
    open_shell(page, address, world, 4)
    page.evaluate(
        """() => {
            const wave = document.createElement("div");
            wave.className = "wave";
            Object.assign(wave.dataset, { waveform: "", trackId: "4", peaks: engine.queue.list[0]?.track.peaks ??
                JSON.parse(document.querySelector("[data-track]").dataset.track).peaks });
            document.querySelector("#main").append(wave);
        }"""
    )
    wave = page.locator("[data-waveform]")
    expect(wave).to_have_attribute("role", "slider")
    expect(wave).to_have_attribute("aria-valuetext", "Not playing")
    box = wave.bounding_box()
    assert box
    wave.click(position={"x": box["width"] / 2, "y": 10})
    wait_position(page, 20_000)
    wave.focus()
    page.keyboard.press("Home")
    page.wait_for_function("engine.position_ms < 5000")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("engine.position_ms > 4900")
    text = wave.get_attribute("aria-valuetext") or ""
    assert text.endswith("of 40 seconds")


def test_sleep_at_the_end_of_the_track_stops_there(page: Page, address: str, world: World) -> None:
    open_shell(page, address, world, 5, 3)
    page.click("#play-5")
    page.click(".pl-bar [data-act=options]")
    page.get_by_label("End of track").check()
    page.wait_for_function("engine.state.name === 'ended'")
    assert page.evaluate("engine.track.id") == 5
    expect(page.locator("input[name=pl-sleep][value=off]")).to_be_checked()


def test_visualizers_get_live_data_and_do_not_disturb(page: Page, address: str, world: World) -> None:
    open_shell(page, address, world, 3)
    assert page.evaluate("import('casset/player/analyser').then(({ analyser }) => analyser())") is None
    page.click("#play-3")
    wait_position(page, 300)
    page.evaluate("import('casset/player/analyser').then(({ analyser }) => { globalThis.look = analyser; })")
    page.wait_for_function("globalThis.look?.()?.kind === 'live'")
    page.wait_for_function(
        """() => {
            const source = look();
            const out = new Uint8Array(source.bins);
            source.frequency(out);
            const hertz = (out.indexOf(Math.max(...out)) * engine.output.graph.context.sampleRate) / 2048;
            return Math.abs(hertz - 554) < 60;
        }"""
    )
    assert page.evaluate("engine.state.name") == "playing"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_player(page: Page, address: str, world: World, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    world.previews.add(4)
    open_shell(page, address, world, 4, 3)
    page.click("#play-4")
    wait_position(page, 200)
    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}
    found = []
    for act, where in (
        ("", ".pl-bar"),
        ("open", ".pl-sheet"),
        ("queue", "[data-dialog=queue]"),
        ("options", ".pl-options"),
    ):
        if act:
            page.click(f".pl-bar [data-act={act}]")
        found += [
            (where, violation["id"], violation["nodes"][0]["html"][:120])
            for violation in Axe().run(page, context=where, options=options).response["violations"]
        ]
        page.keyboard.press("Escape")
    assert found == []
