"""Sounds, a page with playable rows, and what tests wait for."""

import json
from functools import cache

from playwright.sync_api import Page

from tests.browser.player import sounds
from tests.browser.player.render import player_html
from tests.browser.player.server import Track, World

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

STYLES = "".join(
    f'<link rel="stylesheet" href="/static/css/{name}.css">'
    for name in ("app", "components", "components/player")
)
BOOST = 'hx-boost="true" hx-target="#main" hx-select="#main" hx-swap="outerHTML show:window:top"'


@cache
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


def rows(world: World, *ids: int) -> str:
    """Track rows as the pages print them."""
    return "".join(
        f"<li data-track='{json.dumps(world.playable(number))}'>"
        f'<button type="button" data-play id="play-{number}"'
        f' aria-label="Play {world.tracks[number].title}">Play</button></li>'
        for number in ids
    )


def open_shell(page: Page, address: str, world: World, *ids: int) -> None:
    """The same with the visible player, the styles, and htmx that swaps #main on navigation."""
    shell = PAGE.replace("<body>", f"{STYLES}<script src='/htmx.js' defer></script><body {BOOST}>")
    shell = shell.replace("</main>", f"</main>{player_html()}")
    shell = shell.replace(
        "globalThis.ready = true;",
        'await import("casset/elements/casset-player"); globalThis.ready = true;',
    )
    world.page = shell.replace("ROWS", rows(world, *ids))
    page.goto(address)
    page.wait_for_function("globalThis.ready")


def open_player(page: Page, address: str, world: World, *ids: int) -> None:
    """A page with these tracks in one queue, ready to be tapped."""
    world.page = PAGE.replace("ROWS", rows(world, *ids))
    page.goto(address)
    page.wait_for_function("globalThis.ready")


def wait_state(page: Page, *names: str) -> None:
    page.wait_for_function(f"{json.dumps(names)}.includes(engine.state.name)")


def wait_position(page: Page, at_least_ms: int) -> None:
    page.wait_for_function(f"engine.position_ms >= {at_least_ms}")
