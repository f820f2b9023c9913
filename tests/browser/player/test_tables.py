"""The pure modules: their tables run in the page and report here."""

import pytest
from playwright.sync_api import Page

from tests.browser.player.server import World

pytestmark = pytest.mark.browser

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Tables</title>
<script type="importmap">IMPORT_MAP</script>
<script type="module">import { results } from "/tests/tables.js"; globalThis.results = results();</script></html>"""


def test_every_row_of_the_tables_holds(page: Page, address: str, world: World) -> None:
    world.page = PAGE
    page.goto(address)
    page.wait_for_function("globalThis.results")
    results: dict[str, str] = page.evaluate("results")
    assert len(results) > 50
    assert {name: error for name, error in results.items() if error} == {}
