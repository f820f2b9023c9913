"""Readers of environment variables: what is wrong stops the start, in a sentence with the variable's name."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from casset_site import env


def test_a_variable_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THING", "word")
    assert env.text("THING") == env.text("THING", "other") == "word"
    monkeypatch.delenv("THING")
    assert env.text("THING", "other") == "other"


@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_required_variable_without_a_value_stops(
    value: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("THING", raising=False)
    if value is not None:
        monkeypatch.setenv("THING", value)
    with pytest.raises(ImproperlyConfigured, match=r"Set the environment variable THING \(or THING_FILE\)"):
        env.text("THING")


def test_an_empty_optional_variable_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THING", "")
    assert env.text("THING", "other") == ""


def test_a_file_is_read_instead_and_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("from the file\n", encoding="utf-8")
    monkeypatch.setenv("THING", "word")
    monkeypatch.setenv("THING_FILE", str(path))
    assert env.text("THING") == "from the file"


def test_a_file_that_cannot_be_read_stops(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("THING_FILE", str(tmp_path / "none"))
    with pytest.raises(ImproperlyConfigured, match="THING_FILE cannot be read: No such file"):
        env.text("THING", "other")


@pytest.mark.parametrize(
    ("value", "expected"),
    [("1", True), ("TRUE", True), (" yes ", True), ("on", True), ("0", False), ("False", False), ("", False)],
)
def test_a_flag_is_yes_or_no(value: str, expected: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THING", value)
    assert env.flag("THING", default=not expected) is expected


def test_flags_and_numbers_have_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("THING", raising=False)
    assert env.flag("THING", default=True) is True
    assert env.flag("THING", default=False) is False
    assert env.number("THING", 7) == 7
    assert env.words("THING", "") == []
    with pytest.raises(ImproperlyConfigured):
        env.words("THING")


@pytest.mark.parametrize("value", ["maybe", "2", "tru"])
def test_a_flag_that_is_neither_stops(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THING", value)
    with pytest.raises(ImproperlyConfigured, match="THING must be 1 or 0"):
        env.flag("THING", default=True)


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("many", "whole number"),
        ("1.5", "whole number"),
        ("", "whole number"),
        ("-1", "at least 0"),
        ("0x10", "whole"),
    ],
)
def test_a_number_that_is_none_stops(value: str, sentence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THING", value)
    with pytest.raises(ImproperlyConfigured, match=f"THING must be .*{sentence}"):
        env.number("THING", 7)


def test_a_list_is_split_at_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THING", " a, b,,c ,")
    assert env.words("THING") == ["a", "b", "c"]
