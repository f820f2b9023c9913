"""Requests that are too large are refused before a byte of them is stored: Django would spool the whole body first."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from django.conf import settings

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
App = Callable[[Any, Receive, Send], Awaitable[None]]

PIECES = "/studio/uploads/"
FORMS_BYTES = 32 * 1024**2  # a page's form with a picture
MARGIN_BYTES = 1024**2  # what a multipart form adds to its file


class BodyLimit:
    """Answers 413 to a declared length that is over the limit of its path, and 411 to a body without a length."""

    def __init__(self, inner: App) -> None:
        self.inner = inner

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in ("GET", "HEAD"):
            headers = dict(scope["headers"])
            length = headers.get(b"content-length", b"0")
            if b"transfer-encoding" in headers:
                return await _refuse(send, 411, "Please send this with a Content-Length.")
            if not length.isdigit() or int(length) > limit(scope["method"], scope["path"]):
                return await _refuse(send, 413, "This is more than can be taken at once.")
        return await self.inner(scope, receive, send)


def limit(method: str, path: str) -> int:
    """The most bytes that a body may have."""
    if not path.startswith(PIECES):
        return FORMS_BYTES
    if method == "POST":
        return settings.UPLOAD_MAX_BYTES + MARGIN_BYTES
    return 4 * settings.UPLOAD_CHUNK_BYTES


async def _refuse(send: Send, status: int, sentence: str) -> None:
    body = sentence.encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", b"%d" % len(body)),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
