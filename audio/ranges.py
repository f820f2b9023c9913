"""What to answer to a request for one immutable audio file. Pure: no I/O (RFC 9110 sections 13 and 14).

No date is ever sent, so conditions by date never hold; only strong entity tags do.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

Headers = list[tuple[bytes, bytes]]

_MAX_RANGES = 8
_CONDITIONS = frozenset({b"range", b"if-range", b"if-match", b"if-none-match"})
_ENTITY_TAG = re.compile(rb'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')
_ONE_RANGE = re.compile(rb"(\d*)-(\d*)")


@dataclass(frozen=True, slots=True)
class Plan:
    """Status, headers as raw ASGI sends them, and the bytes [start, stop) of the body (none when equal)."""

    status: int
    headers: Headers = field(default_factory=list)
    start: int = 0
    stop: int = 0

    @property
    def length(self) -> int:
        return self.stop - self.start


def plan(
    method: str,
    headers: Iterable[tuple[bytes, bytes]],
    *,
    size: int,
    etag: bytes,
    content_type: bytes = b"audio/mpeg",
    cache_control: bytes = b"private, max-age=600",
) -> Plan:
    """The answer to a request. `headers` as in an ASGI scope; `etag` strong, with its quotes."""
    if method not in {"GET", "HEAD"}:
        return Plan(405, [(b"allow", b"GET, HEAD"), (b"content-length", b"0")])
    asked = _conditions(headers)
    answer: Headers = [
        (b"accept-ranges", b"bytes"),
        (b"etag", etag),
        (b"cache-control", cache_control),
        (b"x-content-type-options", b"nosniff"),
        (b"cross-origin-resource-policy", b"same-origin"),
    ]
    if b"if-match" in asked and not _matches(asked[b"if-match"], etag, weak=False):
        return Plan(412, [*answer, (b"content-length", b"0")])
    if b"if-none-match" in asked and _matches(asked[b"if-none-match"], etag, weak=True):
        return Plan(304, answer)
    if method == "GET" and b"range" in asked and asked.get(b"if-range", etag) == etag:
        spans = parse_ranges(asked[b"range"], size)
        if spans is not None and len(spans) <= 1:
            return _partial(answer, content_type, spans, size)
    answer += [(b"content-type", content_type), (b"content-length", b"%d" % size)]
    return Plan(200, answer, 0, size if method == "GET" else 0)


def _partial(answer: Headers, content_type: bytes, spans: list[tuple[int, int]], size: int) -> Plan:
    if not spans:
        return Plan(416, [*answer, (b"content-range", b"bytes */%d" % size), (b"content-length", b"0")])
    start, stop = spans[0]
    answer += [
        (b"content-type", content_type),
        (b"content-range", b"bytes %d-%d/%d" % (start, stop - 1, size)),
        (b"content-length", b"%d" % (stop - start)),
    ]
    return Plan(206, answer, start, stop)


def parse_ranges(value: bytes, size: int) -> list[tuple[int, int]] | None:
    """The satisfiable [start, stop) spans, sorted, touching ones joined. None = ignore the header."""
    unit, _, listed = value.partition(b"=")
    parts = [part for part in (part.strip(b" \t") for part in listed.split(b",")) if part]
    if unit.strip(b" \t").lower() != b"bytes" or not 1 <= len(parts) <= _MAX_RANGES:
        return None
    spans = []
    for part in parts:
        span = _span(part, size)
        if span is None:
            return None
        if span[0] < span[1]:
            spans.append(span)
    return _joined(spans)


def _span(part: bytes, size: int) -> tuple[int, int] | None:
    """[start, stop) of one range, empty when it cannot be satisfied; None when it is malformed."""
    match = _ONE_RANGE.fullmatch(part)
    if match is None or part == b"-":
        return None
    first, last = match.groups()
    if not first:
        return max(0, size - _number(last)), size
    start = _number(first)
    if not last:
        return start, size
    stop = _number(last) + 1
    return (start, min(stop, size)) if start < stop else None


def _number(digits: bytes) -> int:
    """Any number of digits; beyond 19 only the size matters, and every file is smaller."""
    return int(digits.lstrip(b"0")[:19] or b"0")


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, stop in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], stop))
        else:
            joined.append((start, stop))
    return joined


def _conditions(headers: Iterable[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    found: dict[bytes, bytes] = {}
    for name, value in headers:
        if name in _CONDITIONS:  # a repeated field is one list
            found[name] = found[name] + b", " + value if name in found else value.strip(b" \t")
    return found


def _matches(value: bytes, etag: bytes, *, weak: bool) -> bool:
    if value == b"*":
        return True
    tags = _ENTITY_TAG.findall(value)
    return etag in tags or (weak and b"W/" + etag in tags)
