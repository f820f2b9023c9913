from pathlib import Path

import pytest

from casset_site.runner import chromium
from casset_site.runner.errors import RunnerError


def program(folder: Path, name: str, body: str = "exit 0") -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


@pytest.fixture(autouse=True)
def empty_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CASSET_CHROMIUM", raising=False)
    monkeypatch.setattr(chromium, "APPLICATIONS", ())


def test_chromium_is_preferred_to_chrome(tmp_path: Path) -> None:
    program(tmp_path, "google-chrome")
    assert chromium.find() == tmp_path / "google-chrome"
    program(tmp_path, "chromium")
    assert chromium.find() == tmp_path / "chromium"


def test_the_named_browser_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, "chromium")
    named = program(tmp_path, "my-browser")
    monkeypatch.setenv("CASSET_CHROMIUM", str(named))
    assert chromium.find() == named


def test_a_named_browser_that_is_not_there_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASSET_CHROMIUM", "/nowhere/chromium")
    with pytest.raises(RunnerError, match="no such program"):
        chromium.find()


def test_without_a_browser_and_a_way_to_install_one_it_says_what_to_do() -> None:
    with pytest.raises(RunnerError, match="apt-get install chromium"):
        chromium.ensure()


def test_a_browser_that_does_not_start_is_no_browser(tmp_path: Path) -> None:
    program(tmp_path, "chromium", "exit 127")
    with pytest.raises(RunnerError, match="need Chromium"):
        chromium.ensure()
