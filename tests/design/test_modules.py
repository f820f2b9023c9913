"""The pages ask ahead for every module that the entry and the player need, and for none that nobody imports."""

import re
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOTS = ("app", "nav", "player/index", "elements/casset-player")
STATIC = re.compile(r"""^(?:import|export)\b[^;]*?"casset/([^"]+)";""", re.MULTILINE)
ANY = re.compile(r'"casset/([^"]+)"')


def reached(names: Iterable[str], imports: re.Pattern[str]) -> set[str]:
    """These modules and all below them."""
    seen: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += imports.findall((ROOT / "static" / "js" / f"{name}.js").read_text())
    return seen


def listed() -> list[str]:
    return re.findall(r'"([^"]+)"', (ROOT / "templates" / "shell" / "modules.html").read_text())


def test_every_module_that_the_player_needs_is_asked_for_ahead() -> None:
    assert reached(ROOTS, STATIC) - set(listed()) == set()


def test_no_module_is_asked_for_that_nothing_loads_or_twice() -> None:
    assert set(listed()) - reached(ROOTS, ANY) == set()
    assert len(listed()) == len(set(listed()))
