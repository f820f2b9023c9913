"""The pages ask for every module that the entry leads to, and for no other."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ENTRY = "app"
IMPORT = re.compile(r"""^import[^;]*?"casset/([^"]+)";|\bimport\("casset/([^"]+)"\)(?!\.)""", re.MULTILINE)


def reached(name: str, seen: set[str]) -> set[str]:
    """All modules below this one, it included."""
    if name not in seen:
        seen.add(name)
        source = (ROOT / "static" / "js" / f"{name}.js").read_text()
        for static, dynamic in IMPORT.findall(source):
            reached(static or dynamic, seen)
    return seen


def test_the_preloaded_modules_are_those_that_the_entry_needs() -> None:
    listed = re.findall(r'"([^"]+)"', (ROOT / "templates" / "shell" / "modules.html").read_text())
    assert len(listed) == len(set(listed))
    assert set(listed) == reached(ENTRY, set())
