"""The router in front of Django that serves audio: token, plan, bytes. No Django view ever sees them.

`/a/<rendition>.mp3?t=<token>` streams; `/a-check` answers a front server that sends the bytes itself (see
docs/nginx.conf); `/media/…` serves public, content-addressed files where no front server or bucket does.
"""

import asyncio
import re
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, MutableMapping
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage

from audio import store
from audio.middleware import COOKIE
from audio.ranges import Plan, plan
from audio.revocation import Revocations
from audio.services.streams import listener_number, signer
from audio.store import Entry, Library
from audio.stream_token import Claims, TokenError
from casset_site import metrics

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
App = Callable[[Any, Receive, Send], Awaitable[None]]
Headers = Iterable[tuple[bytes, bytes]]

STREAM = re.compile(r"/a/(\d{1,10})\.mp3")
TOKEN = re.compile(rb"(?:^|&)t=([\w-]{40})(?:&|$)")
LISTENER = re.compile(rb"(?:^|;\s*)" + COOKIE.encode() + rb"=([0-9a-f]{32})(?:;|$)")
MEDIA = re.compile(r"/media/([a-z]+/([0-9a-f]{32,64})(?:-\d{1,4})?\.(webp|bin))")
MEDIA_TYPES = {"webp": b"image/webp", "bin": b"application/octet-stream"}
FOREVER = b"public, max-age=31536000, immutable"
# Below this many chunks an answer is over before anybody could hang up.
SHORT_ANSWER_CHUNKS = 4


class Refused(Exception):
    """The address opens nothing: `reason` is bad, expired, foreign or revoked."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class AudioRouter:
    """Serves audio and public files, and passes everything else to `inner`."""

    def __init__(self, inner: App) -> None:
        self.inner = inner
        self.library = Library()
        self.files = store.files()
        self.public = store.LocalFiles("default")
        self.revocations = Revocations()
        self._watch: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self._lifespan(receive, send)
        if scope["type"] == "http":
            path = scope["path"]
            if path.startswith("/a/"):
                return await self._stream(scope, receive, send, path)
            if path == "/a-check":
                return await self._check(scope, send)
            if path.startswith("/media/") and not settings.S3_BUCKET:
                return await self._media(scope, receive, send, path)
        return await self.inner(scope, receive, send)

    # The three kinds of request

    async def _stream(self, scope: Scope, receive: Receive, send: Send, path: str) -> None:
        try:
            claims, entry = await self._admit(path, scope["query_string"], scope["headers"])
        except Refused as refusal:
            return await _refuse(send, refusal.reason)
        except store.Unavailable:
            return await _unavailable(send)
        answer = plan(scope["method"], scope["headers"], size=entry.size, etag=entry.etag)
        await self._send(answer, entry, self.files, _Exchange(receive, send, claims))
        return None

    async def _check(self, scope: Scope, send: Send) -> None:
        """204 and the file's key for a front server's sub-request, or 403 and the reason."""
        headers = dict(scope["headers"])
        path, _, query = headers.get(b"x-original-uri", b"").partition(b"?")
        try:
            _, entry = await self._admit(path.decode("latin-1"), query, scope["headers"])
        except Refused as refusal:
            return await _refuse(send, refusal.reason)
        except store.Unavailable:
            return await _unavailable(send)
        found = [(b"x-audio-file", entry.key.encode()), (b"cache-control", b"max-age=1")]
        await _start(send, 204, found)
        await send({"type": "http.response.body", "body": b""})
        return None

    async def _media(self, scope: Scope, receive: Receive, send: Send, path: str) -> None:
        match = MEDIA.fullmatch(path)
        key = match[1] if match else ""
        if match is None or not default_storage.exists(key):
            await _start(send, 404, [(b"content-length", b"0"), (b"cache-control", b"no-store")])
            await send({"type": "http.response.body", "body": b""})
            return
        entry = Entry(key, b'"%s"' % path.rpartition("/")[2].encode(), default_storage.size(key))
        answer = plan(
            scope["method"],
            scope["headers"],
            size=entry.size,
            etag=entry.etag,
            content_type=MEDIA_TYPES[match[3]],
            cache_control=FOREVER,
        )
        await self._send(answer, entry, self.public, _Exchange(receive, send, None))

    # What they share

    async def _admit(self, path: str, query: bytes, headers: Headers) -> tuple[Claims, Entry]:
        """The claims and the file behind a signed address. Raises Refused. No database, once the file is known."""
        match, found = STREAM.fullmatch(path), TOKEN.search(query)
        if match is None or found is None:
            raise Refused("bad")
        try:
            claims = signer().check(found[1].decode(), now=time.time())
        except TokenError as error:
            raise Refused(error.reason) from None
        if claims.rendition != int(match[1]):
            raise Refused("bad")
        if claims.listener != _listener(headers):
            raise Refused("foreign")
        if self.revocations.hit(grant=claims.grant, rendition=claims.rendition):
            raise Refused("revoked")
        entry = await self.library.find(claims.rendition)
        if entry is None:
            raise Refused("revoked")
        return claims, entry

    async def _send(self, answer: Plan, entry: Entry, files: store.Files, exchange: "_Exchange") -> None:
        if not answer.length:
            await _promise(exchange.send, answer)
            return await exchange.send({"type": "http.response.body", "body": b""})
        pieces = files.read(entry, answer.start, answer.stop)
        try:
            with metrics.STREAMS_OPEN.track_inprogress():
                await self._send_body(answer, pieces, exchange)
        except store.Unavailable:
            await _unavailable(exchange.send)
        return None

    async def _send_body(self, answer: Plan, pieces: AsyncGenerator[bytes], exchange: "_Exchange") -> None:
        """Send piece by piece; stop when the listener hangs up or loses the right to it in the middle.

        One piece at a time is held: with hundreds of slow listeners each counts. Raises Unavailable if there is none.
        """
        position, claims = answer.start, exchange.claims
        gone = (
            exchange.hang_up() if answer.length > SHORT_ANSWER_CHUNKS * settings.STREAM_CHUNK_BYTES else None
        )
        try:
            async for data in pieces:
                if position == answer.start:  # the status is promised only once there are bytes to keep it
                    await _promise(exchange.send, answer)
                if gone is not None and gone.done():
                    return
                if claims and self.revocations.hit(grant=claims.grant, rendition=claims.rendition):
                    return  # an unfinished body: the server closes the connection
                position += len(data)
                body = {"type": "http.response.body", "body": data, "more_body": position < answer.stop}
                await exchange.send(body)
            if position == answer.start:
                raise store.Unavailable
        finally:
            metrics.STREAM_BYTES.inc(position - answer.start)
            if gone is not None:
                gone.cancel()
            await pieces.aclose()

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._watch = asyncio.create_task(self.revocations.watch())
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                if self._watch is not None:
                    self._watch.cancel()
                await self.files.close()
                await send({"type": "lifespan.shutdown.complete"})
                return


class _Exchange:
    """One request's two channels, and what its token allows (None: public)."""

    __slots__ = ("claims", "receive", "send")

    def __init__(self, receive: Receive, send: Send, claims: Claims | None) -> None:
        self.receive, self.send, self.claims = receive, send, claims

    def hang_up(self) -> "asyncio.Task[None]":
        """A task that ends when the client goes away."""
        return asyncio.create_task(self._until_disconnected())

    async def _until_disconnected(self) -> None:
        while (await self.receive())["type"] != "http.disconnect":
            pass


def _listener(headers: Headers) -> int:
    for name, value in headers:
        if name == b"cookie" and (found := LISTENER.search(value)):
            return listener_number(found[1].decode())
    return -1


async def _promise(send: Send, answer: Plan) -> None:
    metrics.STREAM_REQUESTS.labels(answer.status).inc()
    await _start(send, answer.status, answer.headers)


async def _start(send: Send, status: int, headers: list[tuple[bytes, bytes]]) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})


async def _refuse(send: Send, reason: str) -> None:
    metrics.STREAM_REQUESTS.labels(403).inc()
    headers = [
        (b"x-audio-reason", reason.encode()),
        (b"cache-control", b"no-store"),
        (b"content-length", b"0"),
    ]
    await _start(send, 403, headers)
    await send({"type": "http.response.body", "body": b""})


async def _unavailable(send: Send) -> None:
    metrics.STREAM_REQUESTS.labels(503).inc()
    headers = [(b"retry-after", b"2"), (b"cache-control", b"no-store"), (b"content-length", b"0")]
    await _start(send, 503, headers)
    await send({"type": "http.response.body", "body": b""})
