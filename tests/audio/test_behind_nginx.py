"""What a listener gets when nginx stands in front by docs/nginx.conf. Needs nginx, so it runs with `make bench`."""

import http.client

import pytest

from tests.bench.streaming_load import Ask
from tests.bench.streaming_servers import NGINX, NO_NGINX, Server
from tests.bench.streaming_world import world

pytestmark = [
    pytest.mark.bench,
    pytest.mark.timeout(600),
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(NGINX is None, reason=NO_NGINX),
]


def call(
    server: Server, ask: Ask, method: str = "GET", **headers: str
) -> tuple[http.client.HTTPResponse, bytes]:
    """The answer to the listener's own request; keywords add or replace headers."""
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    sent = {"Cookie": ask.cookie} | {name.replace("_", "-"): value for name, value in headers.items()}
    line.request(method, ask.path, headers=sent)
    answer = line.getresponse()
    body = answer.read()
    line.close()
    return answer, body


def test_nginx_in_front_keeps_the_promises_of_the_router() -> None:
    """One site for all of it: starting one takes seconds."""
    with world(listeners=2) as streams:
        assert streams.front is not None
        front, (mine, other) = streams.front.server, streams.front.asks
        the_right_bytes(front, mine)
        the_answers_of_http(front, mine)
        the_refusals(front, mine, other)


def the_right_bytes(front: Server, mine: Ask) -> None:
    size = len(mine.content)
    whole, body = call(front, mine)
    assert (whole.status, body) == (200, mine.content)
    assert whole.headers["Content-Type"] == "audio/mpeg"
    assert whole.headers["Accept-Ranges"] == "bytes"
    assert whole.headers["Cache-Control"] == "private, max-age=600"
    assert "X-Audio-File" not in whole.headers
    for asked, first, stop in (("0-1", 0, 2), ("4000000-", 4_000_000, size), ("-5", size - 5, size)):
        part, body = call(front, mine, Range=f"bytes={asked}")
        assert (part.status, body) == (206, mine.content[first:stop])
        assert part.headers["Content-Range"] == f"bytes {first}-{stop - 1}/{size}"


def the_answers_of_http(front: Server, mine: Ask) -> None:
    size = len(mine.content)
    beyond, _ = call(front, mine, Range=f"bytes={size}-")
    assert (beyond.status, beyond.headers["Content-Range"]) == (416, f"bytes */{size}")
    head, body = call(front, mine, "HEAD")
    assert (head.status, head.headers["Content-Length"], body) == (200, str(size), b"")
    etag = head.headers["ETag"]
    assert call(front, mine, If_None_Match=etag)[0].status == 304
    assert call(front, mine, Range="bytes=0-9", If_Range=etag)[0].status == 206
    assert call(front, mine, Range="bytes=0-9", If_Range='"another"')[0].status == 200
    assert call(front, mine, "POST")[0].status == 405


def the_refusals(front: Server, mine: Ask, other: Ask) -> None:
    token_of_other = other.path.partition("?")[2]
    forged = mine.path[:-1] + ("A" if mine.path[-1] != "A" else "B")
    cases = (
        (Ask(mine.path.partition("?")[0], mine.cookie, b""), "bad"),
        (Ask(forged, mine.cookie, b""), "bad"),
        (Ask(f"{mine.path.partition('?')[0]}?{token_of_other}", other.cookie, b""), "bad"),
        (Ask(mine.path, other.cookie, b""), "foreign"),
    )
    for ask, reason in cases:
        for headers in ({}, {"Range": "bytes=0-9"}):
            answer, body = call(front, ask, **headers)
            assert (answer.status, answer.headers["X-Audio-Reason"]) == (403, reason)
            assert answer.headers["Cache-Control"] == "no-store"
            assert mine.content[:10] not in body
    internal, _ = call(front, Ask("/_check", mine.cookie, b""))
    assert internal.status == 404
