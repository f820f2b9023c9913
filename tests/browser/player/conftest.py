"""A server, sounds and a tab for the player's tests; the browser is the one of tests/browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.player.server import World, serve
from tests.browser.player.stage import PAGE, sound_bank


@pytest.fixture
def world() -> World:
    return World(tracks=sound_bank().copy(), page=PAGE)


@pytest.fixture
def address(world: World) -> Iterator[str]:
    server, base = serve(world)
    yield base
    world.closing.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context()
    tab = context.new_page()
    tab.set_default_timeout(20_000)
    yield tab
    context.close()
