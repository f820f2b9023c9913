"""The words a file carries about itself, made harmless: strangers wrote them."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

LONGEST = 200  # characters
_DIRECTION_MARKS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\ufeff")
_UNWANTED = frozenset({"Cc", "Cs", "Co", "Cn"})


@dataclass(frozen=True, slots=True)
class Tags:
    """Empty text, number 0 = not said. `cover_bytes` is the size of an embedded picture, which is left alone."""

    title: str = ""
    artist: str = ""
    album: str = ""
    track_number: int = 0
    cover_bytes: int = 0


def read(metadata: Mapping[str, str], cover_bytes: int = 0) -> Tags:
    lower = {name.lower(): value for name, value in metadata.items()}
    return Tags(
        title=clean(lower.get("title", "")),
        artist=clean(lower.get("artist", "")),
        album=clean(lower.get("album", "")),
        track_number=_number(lower.get("track", "") or lower.get("tracknumber", "")),
        cover_bytes=cover_bytes,
    )


def clean(text: str) -> str:
    """One line of ordinary characters: no controls, no marks that turn the direction of writing."""
    plain = unicodedata.normalize("NFC", text[: 4 * LONGEST].partition("\0")[0])
    kept = (
        " " if character.isspace() else character
        for character in plain
        if character.isspace()
        or (unicodedata.category(character) not in _UNWANTED and character not in _DIRECTION_MARKS)
    )
    return " ".join("".join(kept).split())[:LONGEST].strip()


def _number(text: str) -> int:
    """The 3 of "3" and of "3/12"."""
    digits = text.partition("/")[0].strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 3 else 0
