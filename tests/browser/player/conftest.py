"""A browser, a server and sounds for the player's tests; no Django."""

import json
import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.player import sounds
from tests.browser.player.server import Track, World, serve

CHROMIUM = os.environ.get("CASSET_CHROMIUM", "/usr/bin/chromium")
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HALF_S = 6.0

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Player</title>
<script type="importmap">IMPORT_MAP</script>
<body><main id="main"><h1>Tracks</h1><ul data-queue>ROWS</ul><input id="field" aria-label="field"></main>
<script type="module">
import { engine } from "casset/player/engine";
import * as listening from "/tests/listening.js";
globalThis.engine = engine;
globalThis.listening = listening;
globalThis.states = [];
engine.subscribe(() => { if (states.at(-1) !== engine.state.name) states.push(engine.state.name); });
await import("casset/player/index");
globalThis.ready = true;
</script></body></html>"""


@pytest.fixture(scope="session")
def sound_bank() -> dict[int, Track]:
    """1 and 2: the halves of one tone. 3: another tone. 4: a long one with a preview of its middle. 5: short."""
    halves = [sounds.tone(HALF_S), sounds.tone(HALF_S, start=HALF_S)]
    long = sounds.tone(40.0, 330.0)
    return {
        1: Track(1, "First half", sounds.mp3(halves[0]), 6_000),
        2: Track(2, "Second half", sounds.mp3(halves[1]), 6_000),
        3: Track(3, "Another", sounds.mp3(sounds.tone(20.0, 554.0)), 20_000),
        4: Track(
            4, "Long one", sounds.mp3(long), 40_000, sounds.mp3(sounds.tone(10.0, 330.0)), 10_000, 15_000
        ),
        5: Track(5, "Short", sounds.mp3(sounds.tone(3.0, 660.0)), 3_000),
    }


@pytest.fixture
def world(sound_bank: dict[int, Track]) -> World:
    return World(tracks=dict(sound_bank), page=PAGE)


@pytest.fixture
def address(world: World) -> Iterator[str]:
    server, base = serve(world)
    yield base
    world.closing.set()
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """With the autoplay policy of a real browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*ARGS, "--autoplay-policy=document-user-activation-required"]
        )
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context()
    tab = context.new_page()
    tab.set_default_timeout(20_000)
    yield tab
    context.close()


def rows(world: World, *ids: int) -> str:
    """Track rows as the pages print them."""
    return "".join(
        f"<li data-track='{json.dumps(world.playable(number))}'>"
        f'<button type="button" data-play id="play-{number}"'
        f' aria-label="Play {world.tracks[number].title}">Play</button></li>'
        for number in ids
    )


def open_player(page: Page, address: str, world: World, *ids: int) -> None:
    """A page with these tracks in one queue, ready to be tapped."""
    world.page = PAGE.replace("ROWS", rows(world, *ids))
    page.goto(address)
    page.wait_for_function("globalThis.ready")


def wait_state(page: Page, *names: str) -> None:
    page.wait_for_function(f"{json.dumps(names)}.includes(engine.state.name)")


def wait_position(page: Page, at_least_ms: int) -> None:
    page.wait_for_function(f"engine.position_ms >= {at_least_ms}")
