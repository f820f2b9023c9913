"""What the confined process says, read as if it were an attacker: every field by its type and its bounds."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from audio.decoder.limits import Limits
from audio.decoder.refusals import MESSAGES, Rejected
from audio.decoder.tags import Tags, clean

Answer = dict[str, Any]

WALLS = frozenset({"rlimits", "no_new_privs", "netns", "landlock", "user"})
_PEAKS = re.compile(r"[0-9a-f]{1600}")
_NAME = re.compile(r"[a-z0-9_]{1,24}")


class DecoderCrashed(Exception):
    """The process died, was killed or spoke nonsense; another try may succeed. The text is for the log."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """What is known of a decoded upload. `samples` at `sample_rate`, as decoded; LUFS, LU, dBTP, dB.

    `gain_db` is in the rendition already. `peaks` are 800 bytes over the whole track, the loudest 255.
    """

    form: str
    codec: str
    sample_rate: int
    channels: int
    samples: int
    bad_packets: int
    loudness_lufs: float
    loudness_range_lu: float
    true_peak_db: float
    gain_db: float
    peaks: bytes
    tags: Tags
    walls: frozenset[str]
    cpu_seconds: float
    peak_memory_kb: int

    @property
    def duration_ms(self) -> int:
        return round(1000 * self.samples / self.sample_rate)

    @property
    def title(self) -> str:
        return self.tags.title


def parse(line: bytes) -> Answer:
    """One line of JSON, an object. Raises DecoderCrashed, as everything here does."""
    try:
        answer = json.loads(line, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise DecoderCrashed("it said something that is no JSON") from error
    if not isinstance(answer, dict):
        raise DecoderCrashed("it said something that is no object")
    return answer


def rejection(answer: Answer) -> Rejected:
    code, facts = answer.get("rejected"), answer.get("facts")
    if not isinstance(code, str) or code not in MESSAGES or not isinstance(facts, dict):
        raise DecoderCrashed("it refused for no reason we know")
    heard, declared, limit = (number(facts, name, 0, 1e9) for name in ("heard", "declared", "limit"))
    return Rejected(code, heard=heard, declared=declared, limit=limit)


def decoded(done: Answer, limits: Limits) -> Decoded:
    tags = done.get("tags")
    if not isinstance(tags, dict):
        raise DecoderCrashed("it forgot the tags")
    return Decoded(
        form=_text(done, "form", _NAME),
        codec=_text(done, "codec", _NAME),
        sample_rate=_integer(done, "sample_rate", 8000, 192_000),
        channels=_integer(done, "channels", 1, 8),
        samples=_integer(done, "samples", 1, int(limits.max_seconds * 192_000)),
        bad_packets=_integer(done, "bad_packets", 0, 1000),
        loudness_lufs=number(done, "loudness_lufs", -70, 70),
        loudness_range_lu=number(done, "loudness_range_lu", 0, 140),
        true_peak_db=number(done, "true_peak_db", -70, 70),
        gain_db=number(done, "gain_db", -90, 12),
        peaks=bytes.fromhex(_text(done, "peaks", _PEAKS)),
        tags=Tags(
            title=clean(_text(tags, "title")),
            artist=clean(_text(tags, "artist")),
            album=clean(_text(tags, "album")),
            track_number=_integer(tags, "track_number", 0, 999),
            cover_bytes=_integer(tags, "cover_bytes", 0, 2**31),
        ),
        walls=_walls(done),
        cpu_seconds=number(done, "cpu_seconds", 0, 1e6),
        peak_memory_kb=_integer(done, "peak_memory_kb", 0, 2**40),
    )


def number(fields: Mapping[str, Any], name: str, low: float, high: float) -> float:
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise DecoderCrashed(f"{name} is no number")
    if not low <= value <= high or not math.isfinite(value):
        raise DecoderCrashed(f"{name} is out of bounds")
    return float(value)


def _integer(fields: Mapping[str, Any], name: str, low: int, high: int) -> int:
    if not isinstance(fields.get(name), int):
        raise DecoderCrashed(f"{name} is no whole number")
    return int(number(fields, name, low, high))


def _text(fields: Mapping[str, Any], name: str, pattern: re.Pattern[str] | None = None) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or (pattern and not pattern.fullmatch(value)):
        raise DecoderCrashed(f"{name} is not the text it should be")
    return value


def _walls(done: Answer) -> frozenset[str]:
    walls = done.get("walls")
    if not isinstance(walls, list) or not all(isinstance(wall, str) and wall in WALLS for wall in walls):
        raise DecoderCrashed("it named walls we do not know")
    return frozenset(walls)


def _no_constant(name: str) -> float:
    raise ValueError(name)
