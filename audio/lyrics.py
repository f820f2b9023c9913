"""Lyrics as text: plain, or timed lines in the LRC format."""

import re

LRC_LINE = re.compile(r"\[(\d{1,3}):(\d{2}(?:\.\d{1,3})?)\](.*)")
LRC_HEADER = re.compile(r"\[(?:ar|ti|al|au|by|la|length|offset|re|ve):.*\]", re.IGNORECASE)


def lines(text: str) -> list[tuple[int | None, str]]:
    """(ms, words) of each line, with None where a line has no time; LRC's header lines are left out."""
    return [_line(line.strip()) for line in text.splitlines() if not LRC_HEADER.fullmatch(line.strip())]


def _line(line: str) -> tuple[int | None, str]:
    timed = LRC_LINE.fullmatch(line)
    if timed is None:
        return None, line
    minutes, seconds, words = timed.groups()
    return int(minutes) * 60_000 + round(float(seconds) * 1000), words.strip()
