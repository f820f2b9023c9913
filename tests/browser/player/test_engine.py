"""The engine against a real browser, a real server and real sound."""

import pytest
from playwright.sync_api import Page

from tests.browser.player.server import World
from tests.browser.player.stage import PAGE, open_player, rows, wait_position, wait_state

pytestmark = pytest.mark.browser


def test_a_tap_plays_and_a_second_tap_pauses(page: Page, address: str, world: World) -> None:
    open_player(page, address, world, 1, 2)
    page.click("#play-1")
    wait_position(page, 500)
    assert page.get_attribute("li:first-child", "data-state") == "playing"
    assert page.get_attribute("#play-1", "aria-label") == "Pause First half"
    page.click("#play-1")
    wait_state(page, "paused")
    assert page.get_attribute("#play-1", "aria-label") == "Play First half"
    assert page.get_attribute("li:first-child", "data-state") == "paused"


def test_the_tap_itself_starts_the_element(page: Page, address: str, world: World) -> None:
    open_player(page, address, world, 1)
    started = page.evaluate(
        """() => {
            const { play } = HTMLMediaElement.prototype;
            let tapping = true;
            let inTap = null;
            HTMLMediaElement.prototype.play = function () { inTap ??= tapping; return play.call(this); };
            document.querySelector("#play-1").click();
            tapping = false;
            return inTap;
        }"""
    )
    assert started is True


def test_next_goes_through_the_queue_and_stops_at_its_end(page: Page, address: str, world: World) -> None:
    open_player(page, address, world, 1, 2)
    page.click("#play-1")
    wait_position(page, 200)
    page.evaluate("engine.next()")
    page.wait_for_function("engine.track.id === 2 && engine.state.name === 'playing'")
    page.evaluate("engine.next()")
    assert page.evaluate("engine.track.id") == 2


def test_four_quick_nexts_end_on_the_last_without_an_error(page: Page, address: str, world: World) -> None:
    world.delay_s = 0.05
    open_player(page, address, world, 1, 2, 3, 4, 5)
    page.click("#play-1")
    page.evaluate("for (let i = 0; i < 4; i++) engine.next()")
    page.wait_for_function("engine.track.id === 5 && engine.state.name === 'playing'")
    wait_position(page, 300)
    assert "error" not in page.evaluate("states") and "recovering" not in page.evaluate("states")


def test_the_next_track_follows_by_itself(page: Page, address: str, world: World) -> None:
    open_player(page, address, world, 5, 3)
    page.click("#play-5")
    page.wait_for_function("engine.track.id === 3 && engine.position_ms > 300")
    assert page.evaluate("engine.queue.at") == 1
    assert page.evaluate("engine.state.name") == "playing"


def test_two_decks_join_one_tone_with_hardly_a_gap(page: Page, address: str, world: World) -> None:
    open_player(page, address, world, 1, 2)
    page.evaluate("listening.listen()")
    page.click("#play-1")
    page.wait_for_function("engine.track.id === 2 && engine.position_ms > 1000")
    heard = page.evaluate("listening.silence()")
    assert heard["sounded_ms"] > 6_500
    # What a loaded machine may add; the bench measures the real figure.
    assert heard["silence_ms"] < 150


def test_one_deck_goes_on_too(page: Page, address: str, world: World) -> None:
    page.add_init_script("delete Navigator.prototype.userActivation")
    open_player(page, address, world, 5, 3)
    assert page.evaluate("engine.output.spare") is None
    page.click("#play-5")
    page.wait_for_function("engine.track.id === 3 && engine.position_ms > 300")
    src = page.evaluate("engine.track.src")
    assert [request[1] for request in world.audio_requests()].count(
        src
    ) == 1  # the prefetched bytes were used


def test_a_cross_fade_keeps_the_power(page: Page, address: str, world: World) -> None:
    open_player(page, address, world, 5, 3)
    page.evaluate("engine.set({ crossfade_s: 1 }); listening.listen()")
    page.click("#play-5")
    page.wait_for_function("engine.track.id === 3 && engine.position_ms > 2000")
    assert "fading" in page.evaluate("states")
    levels = page.evaluate("listening.levels()")
    assert min(levels) > 0.5 * 0.3535
    assert max(levels) < 1.6 * 0.3535


def test_an_expired_address_mid_play_is_replaced_in_place(page: Page, address: str, world: World) -> None:
    open_player(page, address, world, 4)
    page.click("#play-4")
    wait_position(page, 1_000)
    token = page.evaluate("engine.track.src.split('t=')[1]")
    world.refusals[token] = (403, "expired")
    before, after = page.evaluate(
        """() => new Promise((resolve) => {
            const element = engine.output.live.element;
            const at = element.currentTime;
            engine.subscribe(() => {
                if (engine.state.name === "playing") resolve([at, engine.output.live.element.currentTime]);
            });
            element.dispatchEvent(new Event("error"));
        })"""
    )
    assert abs(after - before) < 0.2
    assert page.evaluate("engine.track.src.split('t=')[1]") != token
    assert "recovering" in page.evaluate("states")


def test_an_address_that_expired_before_the_tap_costs_no_error(
    page: Page, address: str, world: World
) -> None:
    world.ttl_s = -5
    world.refusals["1"] = (403, "expired")
    open_player(page, address, world, 3)
    world.ttl_s = 600
    page.click("#play-3")
    wait_position(page, 300)
    assert "error" not in page.evaluate("states")


def test_a_revoked_track_falls_to_its_preview_where_it_was(page: Page, address: str, world: World) -> None:
    open_player(page, address, world, 4)
    page.click("#play-4")
    wait_position(page, 200)
    page.evaluate("engine.seek(18000)")
    page.wait_for_function("engine.state.name === 'playing' && engine.position_ms > 18200")
    world.previews.add(4)
    world.refusals[page.evaluate("engine.track.src.split('t=')[1]")] = (403, "revoked")
    page.evaluate("engine.output.live.element.dispatchEvent(new Event('error'))")
    page.wait_for_function("engine.track.scope === 'preview' && engine.state.name === 'playing'")
    position = page.evaluate("engine.position_ms")
    assert 3_000 <= position < 6_000  # 18 s of the whole is 3 s into a preview that starts at 15 s
    assert page.evaluate("engine.state.dropped") is True


def test_a_track_taken_away_ends_in_plain_words(page: Page, address: str, world: World) -> None:
    world.gone.add(3)
    world.refusals["1"] = (403, "revoked")
    open_player(page, address, world, 3)
    page.click("#play-3")
    wait_state(page, "denied")
    assert page.evaluate("engine.state.reason") == "gone"
    assert page.evaluate("engine.output.live.sounding") is False


def test_a_dead_line_is_probed_and_the_music_goes_on(page: Page, address: str, world: World) -> None:
    world.answers_after = 60_000
    open_player(page, address, world, 3)
    page.click("#play-3")
    page.wait_for_function("engine.state.name === 'buffering'", timeout=30_000)
    world.answers_after = None
    page.wait_for_function("engine.state.name === 'playing' && engine.position_ms > 4000", timeout=40_000)
    assert "recovering" in page.evaluate("states")


def test_no_sound_without_a_gesture(page: Page, address: str, world: World) -> None:
    start = """
        engine.subscribe(() => console.log(`state ${engine.state.name}`));
        setTimeout(() => engine.play([JSON.parse(document.querySelector("[data-track]").dataset.track)]), 50);
    """
    world.page = PAGE.replace("ROWS", rows(world, 3)).replace("globalThis.ready = true;", start)
    # Looking into the page through the debugger would count as a gesture: it has to speak by itself.
    with page.expect_console_message(lambda message: message.text == "state blocked"):
        page.goto(address)
    page.click("#play-3")
    wait_position(page, 300)


def test_an_outside_pause_is_an_interruption_and_an_outside_start_ends_it(
    page: Page, address: str, world: World
) -> None:
    open_player(page, address, world, 3)
    page.click("#play-3")
    wait_position(page, 300)
    page.evaluate("engine.output.live.element.pause()")
    wait_state(page, "interrupted")
    page.evaluate("engine.output.live.element.play()")
    wait_state(page, "playing")


def test_a_play_is_told_once_half_was_heard(page: Page, address: str, world: World) -> None:
    open_player(page, address, world, 5)
    page.click("#play-5")
    wait_position(page, 900)
    assert world.plays == []
    page.wait_for_function("engine.state.name === 'ended'")
    assert len(world.plays) == 1
    assert world.plays[0].startswith("ticket-5-")


def test_seeking_over_a_track_is_not_hearing_it(page: Page, address: str, world: World) -> None:
    open_player(page, address, world, 3)
    page.click("#play-3")
    wait_position(page, 300)
    page.evaluate("engine.seek(19000)")
    page.wait_for_function("engine.state.name === 'ended'")
    assert world.plays == []


def test_a_card_plays_at_once_and_its_casset_follows(page: Page, address: str, world: World) -> None:
    open_player(page, address, world, 1)
    page.evaluate(
        """() => {
            const row = document.querySelector("li[data-track]");
            const card = document.createElement("article");
            Object.assign(card.dataset, { queue: "", queueSrc: "/listen/cassets/3/", track: row.dataset.track });
            card.innerHTML = '<button type="button" data-play id="card" aria-label="Play Side A">Play</button>';
            document.querySelector("#main").replaceChildren(card);
        }"""
    )
    page.click("#card")
    page.wait_for_function("engine.queue.list.length === 5")
    wait_position(page, 200)
    assert page.evaluate("engine.queue.list.map((entry) => entry.track.id)") == [1, 2, 3, 4, 5]
    assert page.evaluate("engine.queue.at") == 0


def test_navigation_that_replaces_main_does_not_touch_the_sound(
    page: Page, address: str, world: World
) -> None:
    open_player(page, address, world, 3)
    page.click("#play-3")
    wait_position(page, 300)
    page.evaluate(
        """() => {
            globalThis.paused = 0;
            engine.output.live.element.addEventListener("pause", () => { globalThis.paused += 1; });
            const main = document.querySelector("#main");
            const copy = main.cloneNode(true);
            copy.querySelector("li").removeAttribute("data-state");
            main.replaceWith(copy);
        }"""
    )
    page.wait_for_function("document.querySelector('li').dataset.state === 'playing'")
    wait_position(page, 1_000)
    assert page.evaluate("globalThis.paused") == 0
