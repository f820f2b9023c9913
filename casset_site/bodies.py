"""Requests that are too large are refused before a byte of them is stored: Django would spool the whole body first."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from django.conf import settings
from django.http.cookie import parse_cookie

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
App = Callable[[Any, Receive, Send], Awaitable[None]]

UPLOADS = "/studio/uploads/"
BARE = frozenset(
    {"GET", "HEAD", "OPTIONS"}
)  # nobody needs a body here, and Django would spool one all the same
BARE_BYTES = 64 * 1024
FORMS_BYTES = 32 * 1024**2  # a page's form with a picture
MARGIN_BYTES = 1024**2  # what a multipart form adds to its file
LONGEST_NUMBER = 18  # digits


class BodyLimit:
    """Answers 413 to a declared length that is over the limit of its path, and 411 to a body without a length."""

    def __init__(self, inner: App) -> None:
        self.inner = inner

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            headers = dict(scope["headers"])
            length = headers.get(b"content-length", b"0")
            if b"transfer-encoding" in headers:
                return await _refuse(send, 411, "Please send this with a Content-Length.")
            known = length.isdigit() and len(length) <= LONGEST_NUMBER
            if not known or int(length) > limit(scope["method"], scope["path"], headers.get(b"cookie", b"")):
                return await _refuse(send, 413, "This is more than can be taken at once.")
        return await self.inner(scope, receive, send)


def limit(method: str, path: str, cookies: bytes) -> int:
    """The most bytes that a body may have. Whole files are for those who say that they are signed in."""
    if method in BARE:
        return BARE_BYTES
    if method == "POST" and path == UPLOADS and _has_session(cookies):
        return settings.UPLOAD_MAX_BYTES + MARGIN_BYTES
    if path.startswith(UPLOADS) and path != UPLOADS:
        return 4 * settings.UPLOAD_CHUNK_BYTES
    return FORMS_BYTES


def _has_session(cookies: bytes) -> bool:
    return bool(parse_cookie(cookies.decode("latin-1")).get(settings.SESSION_COOKIE_NAME))


async def _refuse(send: Send, status: int, sentence: str) -> None:
    body = sentence.encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", b"%d" % len(body)),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
