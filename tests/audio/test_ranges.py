"""Every kind of request for one file, and the answer to it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.ranges import Plan, parse_ranges, plan

SIZE = 1000
ETAG = b'"abc123"'
Asked = dict[str, str]


def _plan(method: str, asked: Asked, size: int = SIZE) -> Plan:
    headers = [(name.encode(), value.encode()) for name, value in asked.items()]
    return plan(method, [(b"host", b"casset.test"), *headers], size=size, etag=ETAG)


@pytest.mark.parametrize(
    ("asked", "status", "start", "stop"),
    [
        ({}, 200, 0, 1000),
        ({"range": "bytes=0-1"}, 206, 0, 2),
        ({"range": "bytes=0-"}, 206, 0, 1000),
        ({"range": "bytes=0-0"}, 206, 0, 1),
        ({"range": "bytes=10-19"}, 206, 10, 20),
        ({"range": "bytes=990-"}, 206, 990, 1000),
        ({"range": "bytes=999-999"}, 206, 999, 1000),
        ({"range": "bytes=500-99999"}, 206, 500, 1000),
        ({"range": "bytes=500-" + "9" * 5000}, 206, 500, 1000),
        ({"range": "bytes=000000000000000000000010-19"}, 206, 10, 20),
        ({"range": "Bytes=10-19"}, 206, 10, 20),
        ({"range": "bytes= 10-19 "}, 206, 10, 20),
        ({"range": "bytes=-10"}, 206, 990, 1000),
        ({"range": "bytes=-5000"}, 206, 0, 1000),
        ({"range": "bytes=-0"}, 416, 0, 0),
        ({"range": "bytes=1000-"}, 416, 0, 0),
        ({"range": "bytes=1000-1010"}, 416, 0, 0),
        ({"range": "bytes=" + "9" * 5000 + "-"}, 416, 0, 0),
        ({"range": "bytes=1000-,-0"}, 416, 0, 0),
        ({"range": "bytes=20-10"}, 200, 0, 1000),
        ({"range": "bytes=a-b"}, 200, 0, 1000),
        ({"range": "bytes=-"}, 200, 0, 1000),
        ({"range": "bytes="}, 200, 0, 1000),
        ({"range": "bytes"}, 200, 0, 1000),
        ({"range": "bytes=1-2-3"}, 200, 0, 1000),
        ({"range": "bytes=+1-2"}, 200, 0, 1000),
        ({"range": "bytes=1 - 2"}, 200, 0, 1000),
        ({"range": "bytes=\u0661-\u0662"}, 200, 0, 1000),
        ({"range": "seconds=1-2"}, 200, 0, 1000),
        ({"range": "bytes=0-9,10-19"}, 206, 0, 20),
        ({"range": "bytes=10-19, 0-9 , 5-12"}, 206, 0, 20),
        ({"range": "bytes=0-9,,5-"}, 206, 0, 1000),
        ({"range": "bytes=0-9,1000-"}, 206, 0, 10),
        ({"range": "bytes=0-9,11-19"}, 200, 0, 1000),
        ({"range": "bytes=0-9,20-10"}, 200, 0, 1000),
        ({"range": "bytes=" + ",".join(["0-9"] * 8)}, 206, 0, 10),
        ({"range": "bytes=" + ",".join(["0-9"] * 9)}, 200, 0, 1000),
        ({"range": "bytes=0-9", "if-range": '"abc123"'}, 206, 0, 10),
        ({"range": "bytes=0-9", "if-range": '"other"'}, 200, 0, 1000),
        ({"range": "bytes=0-9", "if-range": 'W/"abc123"'}, 200, 0, 1000),
        ({"range": "bytes=0-9", "if-range": "Wed, 21 Oct 2026 07:28:00 GMT"}, 200, 0, 1000),
        ({"range": "bytes=5000-", "if-range": '"other"'}, 200, 0, 1000),
        ({"if-none-match": '"abc123"'}, 304, 0, 0),
        ({"if-none-match": 'W/"abc123"'}, 304, 0, 0),
        ({"if-none-match": '"x", W/"y,z" , "abc123"'}, 304, 0, 0),
        ({"if-none-match": "*"}, 304, 0, 0),
        ({"if-none-match": '"other"'}, 200, 0, 1000),
        ({"if-none-match": "abc123"}, 200, 0, 1000),
        ({"if-none-match": '"abc123"', "range": "bytes=0-9"}, 304, 0, 0),
        ({"if-match": '"abc123"'}, 200, 0, 1000),
        ({"if-match": '"x", "abc123"', "range": "bytes=0-9"}, 206, 0, 10),
        ({"if-match": "*"}, 200, 0, 1000),
        ({"if-match": '"other"'}, 412, 0, 0),
        ({"if-match": 'W/"abc123"'}, 412, 0, 0),
        ({"if-match": '"other"', "if-none-match": '"abc123"'}, 412, 0, 0),
        ({"if-modified-since": "Wed, 21 Oct 2026 07:28:00 GMT"}, 200, 0, 1000),
    ],
)
def test_a_get_is_answered_by_the_table(asked: Asked, status: int, start: int, stop: int) -> None:
    answer = _plan("GET", asked)
    assert (answer.status, answer.start, answer.stop) == (status, start, stop)


def test_a_whole_answer_carries_these_headers() -> None:
    assert _plan("GET", {}).headers == [
        (b"accept-ranges", b"bytes"),
        (b"etag", ETAG),
        (b"cache-control", b"private, max-age=600"),
        (b"x-content-type-options", b"nosniff"),
        (b"cross-origin-resource-policy", b"same-origin"),
        (b"content-type", b"audio/mpeg"),
        (b"content-length", b"1000"),
    ]


def test_a_partial_answer_says_which_part() -> None:
    headers = dict(_plan("GET", {"range": "bytes=10-19"}).headers)
    assert headers[b"content-range"] == b"bytes 10-19/1000"
    assert headers[b"content-length"] == b"10"
    assert headers[b"content-type"] == b"audio/mpeg"


def test_an_unsatisfiable_answer_says_the_size() -> None:
    headers = dict(_plan("GET", {"range": "bytes=1000-"}).headers)
    assert headers[b"content-range"] == b"bytes */1000"
    assert headers[b"content-length"] == b"0"


def test_not_modified_has_its_tag_and_no_length() -> None:
    headers = dict(_plan("GET", {"if-none-match": "*"}).headers)
    assert headers[b"etag"] == ETAG
    assert b"content-length" not in headers


@pytest.mark.parametrize("asked", [{}, {"range": "bytes=0-9"}, {"range": "bytes=5000-"}, {"range": "x"}])
def test_head_is_like_a_whole_get_without_the_body(asked: Asked) -> None:
    answer = _plan("HEAD", asked)
    assert (answer.status, answer.length) == (200, 0)
    assert answer.headers == _plan("GET", {}).headers


@pytest.mark.parametrize(("asked", "status"), [({"if-none-match": "*"}, 304), ({"if-match": '"x"'}, 412)])
def test_head_honours_conditions(asked: Asked, status: int) -> None:
    assert _plan("HEAD", asked).status == status


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "get"])
def test_other_methods_are_refused(method: str) -> None:
    answer = _plan(method, {"range": "bytes=0-1"})
    assert answer == Plan(405, [(b"allow", b"GET, HEAD"), (b"content-length", b"0")])


def test_a_header_sent_twice_is_one_list() -> None:
    twice = [(b"range", b"bytes=0-1"), (b"range", b"bytes=5-6")]
    assert plan("GET", twice, size=SIZE, etag=ETAG).status == 200
    tags = [(b"if-none-match", b'"x"'), (b"if-none-match", ETAG)]
    assert plan("GET", tags, size=SIZE, etag=ETAG).status == 304


@pytest.mark.parametrize(
    ("asked", "status"),
    [({}, 200), ({"range": "bytes=0-"}, 416), ({"range": "bytes=-5"}, 416), ({"range": "bytes=0-0"}, 416)],
)
def test_an_empty_file_has_no_ranges(asked: Asked, status: int) -> None:
    answer = _plan("GET", asked, size=0)
    assert (answer.status, answer.length) == (status, 0)


@given(st.integers(1, 5000), st.integers(0, 6000), st.integers(0, 6000))
def test_any_single_range_is_what_slicing_gives(size: int, first: int, last: int) -> None:
    content = bytes(index % 251 for index in range(size))
    answer = _plan("GET", {"range": f"bytes={first}-{last}"}, size)
    if last < first:
        assert answer.status == 200
    elif first >= size:
        assert answer.status == 416
    else:
        assert content[answer.start : answer.stop] == content[first : last + 1]


@given(
    st.integers(1, 300), st.lists(st.tuples(st.integers(0, 350), st.integers(0, 60)), min_size=1, max_size=8)
)
def test_joined_ranges_cover_exactly_what_was_asked(size: int, asked: list[tuple[int, int]]) -> None:
    value = ",".join(f"{first}-{first + more}" for first, more in asked)
    wanted = {byte for first, more in asked for byte in range(first, first + more + 1) if byte < size}
    spans = parse_ranges(f"bytes={value}".encode(), size)
    assert spans is not None
    assert {byte for start, stop in spans for byte in range(start, stop)} == wanted
    assert sum(stop - start for start, stop in spans) == len(wanted)


@given(st.binary(max_size=60), st.integers(0, 10_000))
def test_no_header_breaks_the_parser_or_leaves_the_file(value: bytes, size: int) -> None:
    for header in (value, b"bytes=" + value):
        answer = plan("GET", [(b"range", header)], size=size, etag=ETAG)
        assert 0 <= answer.start <= answer.stop <= size
        assert answer.status in {200, 206, 416}
