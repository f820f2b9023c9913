"""Where the bytes of a rendition come from, for the audio router: a file on this disk, or an object in a bucket."""

import io
import logging
import os
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from http import HTTPStatus

import aiohttp
from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.files.storage import storages
from django.db import Error, close_old_connections

from audio.models import Rendition
from audio.services.files import rendition_key, renditions

log = logging.getLogger(__name__)
MOST_KNOWN = 4096
MOST_OPEN = 256
URL_LIFETIME_S = 600
READ_TIMEOUT_S = 15.0


class Unavailable(Exception):
    """The file cannot be read just now, and nothing of it was."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An immutable rendition: its storage key, ETag and size in bytes."""

    key: str
    etag: bytes
    size: int


class Library:
    """Rendition id to entry. Rows never change, so each process asks the database once for each."""

    def __init__(self) -> None:
        self._known: OrderedDict[int, Entry] = OrderedDict()

    async def find(self, rendition: int) -> Entry | None:
        """None for what is not there or was withdrawn. Raises Unavailable while the database is away."""
        entry = self._known.get(rendition)
        if entry is None:
            # In any thread: what waits for the database must not hold up the watch over revocations.
            entry = await sync_to_async(_look_up, thread_sensitive=False)(rendition)
            if entry is not None:
                self._known[rendition] = entry
                if len(self._known) > MOST_KNOWN:
                    self._known.popitem(last=False)
        return entry


def _look_up(rendition: int) -> Entry | None:
    try:
        row = Rendition.objects.filter(pk=rendition, withdrawn_at=None).values_list("sha256", "size").first()
    except Error as error:
        log.error("Rendition %d is unknown while the database is away (%s).", rendition, type(error).__name__)
        raise Unavailable from error
    finally:
        close_old_connections()
    return Entry(rendition_key(row[0]), f'"{row[0][:32]}"'.encode(), row[1]) if row else None


class LocalFiles:
    """Reads from this disk on the event loop: the page cache answers in microseconds (a thread costs twice as much)."""

    def __init__(self, storage: str) -> None:
        self._storage = storages[storage]
        self._open: OrderedDict[str, io.FileIO] = OrderedDict()

    async def read(self, entry: Entry, start: int, stop: int) -> AsyncGenerator[bytes]:
        """The bytes [start, stop) in pieces, fewer if it broke off. Raises Unavailable before the first."""
        # A file stays open while a stream holds it, also after the cache has let it go.
        try:
            file = self._file(entry.key)
        except OSError as error:
            log.error("The file %s cannot be opened (%s).", entry.key, type(error).__name__)
            raise Unavailable from error
        descriptor, chunk = file.fileno(), settings.STREAM_CHUNK_BYTES
        if stop - start <= 2 * chunk:  # in one piece: the server would hold as much of a long answer anyway
            chunk = stop - start
        while start < stop:
            data = os.pread(descriptor, min(chunk, stop - start), start)
            if not data:
                return
            start += len(data)
            yield data

    def _file(self, key: str) -> io.FileIO:
        file = self._open.get(key)
        if file is None:
            file = self._open[key] = io.FileIO(self._storage.path(key))
            if len(self._open) > MOST_OPEN:
                self._open.popitem(last=False)
        self._open.move_to_end(key)
        return file

    async def close(self) -> None:
        self._open.clear()


@dataclass
class BucketFiles:
    """Reads from an S3-compatible bucket by signed addresses, which are kept for as long as they last."""

    _urls: dict[str, tuple[str, float]] = field(default_factory=dict)
    _session: aiohttp.ClientSession | None = None

    async def read(self, entry: Entry, start: int, stop: int) -> AsyncGenerator[bytes]:
        """As LocalFiles.read. No error of the client library gets out: their text has the signed address in it."""
        url, at = await self._url(entry.key), start
        # Conditions were answered already: upstream gets the plain range and nothing else.
        headers = {"Range": f"bytes={start}-{stop - 1}", "Accept-Encoding": "identity"}
        try:
            async with self._client().get(url, headers=headers) as answer:
                _require_range(answer, start, stop)
                async for data in answer.content.iter_chunked(settings.STREAM_CHUNK_BYTES):
                    yield data[: stop - at]
                    at += len(data)
        except (aiohttp.ClientError, OSError) as error:  # a TimeoutError is an OSError too
            self._urls.pop(entry.key, None)
            log.error("The bucket failed at byte %d of %s (%s).", at, entry.key, type(error).__name__)
            if at == start:
                raise Unavailable from None

    async def _url(self, key: str) -> str:
        url, until = self._urls.get(key, ("", 0.0))
        if until < time.monotonic():
            url = await sync_to_async(renditions().url)(key)
            if len(self._urls) > MOST_KNOWN:
                self._urls.clear()
            self._urls[key] = (url, time.monotonic() + URL_LIFETIME_S)
        return url

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            timeout = aiohttp.ClientTimeout(total=None, sock_connect=3, sock_read=READ_TIMEOUT_S)
            # Each slow listener holds a connection: the server's own limit on requests is the limit here too.
            connector = aiohttp.TCPConnector(limit=0)
            jar = aiohttp.DummyCookieJar()
            self._session = aiohttp.ClientSession(connector=connector, timeout=timeout, cookie_jar=jar)
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


def _require_range(answer: aiohttp.ClientResponse, start: int, stop: int) -> None:
    """A bucket that ignores the range would send other bytes under our headers."""
    got = answer.headers.get("Content-Range", "").partition("/")[0]
    if answer.status != HTTPStatus.PARTIAL_CONTENT or got != f"bytes {start}-{stop - 1}":
        raise aiohttp.ClientPayloadError(answer.status)


Files = LocalFiles | BucketFiles


def files() -> Files:
    return BucketFiles() if settings.S3_BUCKET else LocalFiles("renditions")
