"""The confined process is believed only within bounds."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.decoder import answers
from audio.decoder.answers import DecoderCrashed
from audio.decoder.limits import Limits
from audio.decoder.refusals import MESSAGES, Rejected, clock

GOOD: dict[str, Any] = {
    "form": "wav",
    "codec": "pcm_s16le",
    "sample_rate": 44_100,
    "channels": 2,
    "samples": 88_200,
    "bad_packets": 0,
    "loudness_lufs": -14.2,
    "loudness_range_lu": 3,
    "true_peak_db": -0.5,
    "gain_db": -0.5,
    "peaks": "ff" * 800,
    "tags": {"title": "A\x07 ", "artist": "", "album": "", "track_number": 3, "cover_bytes": 0},
    "walls": ["rlimits", "netns"],
    "cpu_seconds": 1.5,
    "peak_memory_kb": 70_000,
}


def test_a_good_answer_is_read() -> None:
    decoded = answers.decoded(GOOD, Limits())
    assert decoded.duration_ms == 2000
    assert decoded.title == "A"
    assert decoded.peaks == b"\xff" * 800
    assert decoded.walls == {"rlimits", "netns"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("form", "../etc"),
        ("form", None),
        ("codec", "x" * 100),
        ("sample_rate", 7999),
        ("sample_rate", 44_100.5),
        ("sample_rate", True),
        ("channels", 0),
        ("samples", 10**12),
        ("bad_packets", -1),
        ("loudness_lufs", -71),
        ("loudness_lufs", 1e308),
        ("loudness_lufs", "-14"),
        ("loudness_range_lu", None),
        ("true_peak_db", 500),
        ("gain_db", 13),
        ("peaks", "ff" * 799),
        ("peaks", "zz" * 800),
        ("peaks", 800),
        ("tags", []),
        ("tags", {"title": "A"}),
        ("walls", "rlimits"),
        ("walls", ["moat"]),
        ("walls", [["netns"]]),
        ("cpu_seconds", -1),
        ("peak_memory_kb", []),
    ],
)
def test_one_field_out_of_bounds_is_a_crash(field: str, value: object) -> None:
    with pytest.raises(DecoderCrashed):
        answers.decoded({**GOOD, field: value}, Limits())


@pytest.mark.parametrize("field", GOOD)
def test_a_missing_field_is_a_crash(field: str) -> None:
    with pytest.raises(DecoderCrashed):
        answers.decoded({name: value for name, value in GOOD.items() if name != field}, Limits())


@pytest.mark.parametrize(
    "line", [b"", b"[]", b"3", b"{", b'{"a": NaN}', b'{"a": Infinity}', b"\xff\xfe", b"[" * 100_000]
)
def test_what_is_no_object_is_a_crash(line: bytes) -> None:
    with pytest.raises(DecoderCrashed):
        answers.parse(line)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(sorted(GOOD)), json_values, min_size=1))
def test_no_answer_does_worse_than_crash(changes: dict[str, Any]) -> None:
    line = json.dumps({**GOOD, **changes}).encode()
    try:
        decoded = answers.decoded(answers.parse(line), Limits())
    except DecoderCrashed:
        return
    assert len(decoded.peaks) == 800


def test_a_refusal_keeps_its_facts() -> None:
    facts = {"heard": 90.2, "declared": 180, "limit": 0}
    refusal = answers.rejection({"rejected": "truncated", "facts": facts})
    assert refusal.code == "truncated"
    assert "3 minutes" in str(refusal)
    assert "1:30 minutes" in str(refusal)


@pytest.mark.parametrize(
    "answer",
    [
        {"rejected": "because", "facts": {"heard": 0, "declared": 0, "limit": 0}},
        {"rejected": "silent"},
        {"rejected": ["silent"], "facts": {}},
        {"rejected": "silent", "facts": {"heard": "{0.__class__}", "declared": 0, "limit": 0}},
    ],
)
def test_an_unknown_refusal_is_a_crash(answer: dict[str, Any]) -> None:
    with pytest.raises(DecoderCrashed):
        answers.rejection(answer)


@pytest.mark.parametrize("code", MESSAGES)
def test_every_refusal_is_a_sentence_that_says_what_to_do(code: str) -> None:
    text = str(Rejected(code, heard=61, declared=200, limit=1200))
    assert text.endswith(".")
    assert "lease" in text  # please, or Please
    assert "{" not in text


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.3, "0.3 seconds"),
        (42, "42 seconds"),
        (60, "1 minute"),
        (185, "3:05 minutes"),
        (1200, "20 minutes"),
        (10**8, "more than 10 hours"),
    ],
)
def test_lengths_are_told_as_people_say_them(seconds: float, words: str) -> None:
    assert clock(seconds) == words
