"""Words from strangers' files, made harmless."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.decoder.tags import LONGEST, Tags, clean, read


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("Paper Lanterns", "Paper Lanterns"),
        ("  two\r\n lines\t here ", "two lines here"),
        ("bell\x07 and escape\x1b[31m", "bell and escape[31m"),
        ("ends\0here", "ends"),
        ("turned \u202egnp.exe", "turned gnp.exe"),
        ("e\u0301", "é"),
        ("👩\u200d🎤 नमस्ते", "👩\u200d🎤 नमस्ते"),
        ("half a pair \ud83d", "half a pair"),
        ("x" * 5000, "x" * LONGEST),
    ],
)
def test_text_is_one_clean_line(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@given(st.text())
def test_no_text_stays_dangerous_or_long(text: str) -> None:
    cleaned = clean(text)
    assert len(cleaned) <= LONGEST
    assert not any(unicodedata.category(character) == "Cc" for character in cleaned)
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize(
    ("text", "number"), [("3", 3), ("3/12", 3), ("03 / 12", 3), ("", 0), ("A1", 0), ("-1", 0), ("9" * 99, 0)]
)
def test_the_track_number_is_read_or_left_out(text: str, number: int) -> None:
    assert read({"TRACK": text}).track_number == number


def test_names_are_found_in_any_case() -> None:
    found = read({"TITLE": "A", "Artist": "B", "album": "C"}, cover_bytes=7)
    assert found == Tags("A", "B", "C", 0, 7)
