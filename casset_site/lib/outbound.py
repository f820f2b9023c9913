"""All outgoing HTTP to addresses that a user can influence.

The server must not be sent into its own network, nor be kept busy or filled up. So: https only; every name
resolved once a hop, all its addresses public, and the connection made to the very address that was checked;
few redirects, each checked anew; no credentials, cookies or proxies; size and time bounded while streaming.
"""

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import BinaryIO

import aiohttp
from aiohappyeyeballs import AddrInfoType
from aiohttp.abc import AbstractResolver, ResolveResult
from django.conf import settings
from yarl import URL

from casset_site.lib import destinations
from casset_site.lib.destinations import OutboundRefused

__all__ = ["PUBLIC", "Fetched", "OutboundRefused", "Policy", "fetch", "fetch_to_file"]

MAX_REDIRECTS = 3
CONNECT_TIMEOUT_S = 5.0
READ_TIMEOUT_S = 15.0
CHUNK_BYTES = 64 * 1024
REDIRECTS = frozenset({301, 302, 303, 307, 308})
STATUS_REASONS = {401: "forbidden", 403: "forbidden", 404: "not_found", 410: "not_found", 451: "forbidden"}

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Policy:
    """What counts as the outside world. The defaults are for production; only tests make another one."""

    is_public: Callable[[str], bool] = destinations.is_public
    resolver: Callable[[], AbstractResolver] = aiohttp.ThreadedResolver
    plain_http: bool = False
    any_port: bool = False
    tls: ssl.SSLContext | None = None

    def parse(self, text: str) -> URL:
        schemes = {"https", "http"} if self.plain_http else {"https"}
        return destinations.parse(text, schemes, any_port=self.any_port)


PUBLIC = Policy()


@dataclass(frozen=True)
class Fetched:
    """`url` is the final one; `content_type` the server's word, lower case, without parameters."""

    url: str
    content_type: str
    bytes: int
    hops: int


def fetch_to_file(
    url: str,
    fileobj: BinaryIO,
    *,
    max_bytes: int,
    timeout_s: float,
    schemes: Collection[str] = ("https", "ipfs"),
    policy: Policy | None = None,
) -> Fetched:
    """`fetch` for code without an event loop."""
    return asyncio.run(
        fetch(url, fileobj, max_bytes=max_bytes, timeout_s=timeout_s, schemes=schemes, policy=policy)
    )


async def fetch(
    url: str,
    fileobj: BinaryIO,
    *,
    max_bytes: int,
    timeout_s: float,
    schemes: Collection[str] = ("https", "ipfs"),
    policy: Policy | None = None,
) -> Fetched:
    """Write what is at `url` (https, or ipfs by each gateway in turn) to `fileobj`, at most `max_bytes` of it.

    Raises OutboundRefused; the file is then as it was before. `timeout_s` bounds the whole.
    """
    download = _Download(fileobj, max_bytes, policy or PUBLIC)
    try:
        async with asyncio.timeout(timeout_s):
            return await _first(_addresses(url, schemes, download.policy), download)
    except TimeoutError:
        refused = OutboundRefused("too_slow")
    except OutboundRefused as error:
        refused = error
    download.rewind()
    logger.warning("Outbound request refused: %s (%s)", refused.reason, download.place)
    raise refused


def _addresses(url: str, schemes: Collection[str], policy: Policy) -> list[str]:
    scheme, separator, _ = url.partition("://")
    scheme = scheme.lower()
    if separator and scheme not in schemes and not (scheme == "http" and policy.plain_http):
        raise OutboundRefused("bad_scheme")
    return destinations.ipfs_addresses(url, settings.IPFS_GATEWAYS) if scheme == "ipfs" else [url]


async def _first(addresses: list[str], download: "_Download") -> Fetched:
    """The first address that answers; a file that is too large is too large everywhere."""
    refused = OutboundRefused("unreachable")
    for address in addresses:
        try:
            return await download.run(address)
        except OutboundRefused as error:
            refused = error
        if refused.reason == "too_large":
            break
        download.rewind()
    raise refused


class _Download:
    """One download into one file, over the hops of one or more addresses."""

    def __init__(self, fileobj: BinaryIO, max_bytes: int, policy: Policy) -> None:
        self.policy = policy
        self._file = fileobj
        self._start = fileobj.tell()
        self._max_bytes = max_bytes
        self._bytes = 0
        self._blocked = False
        self._url: URL | None = None

    @property
    def place(self) -> str:
        """Where it went last, for the log: without the query, which may be a secret."""
        return str(self._url.with_query(None)) if self._url is not None else "no valid address"

    def rewind(self) -> None:
        self._file.seek(self._start)
        self._file.truncate()
        self._bytes = 0

    async def run(self, address: str) -> Fetched:
        url = self.policy.parse(address)
        async with self._session() as session:
            for hops in range(MAX_REDIRECTS + 1):
                self._url = url
                with self._refusals():
                    async with session.get(url, allow_redirects=False) as response:
                        if response.status not in REDIRECTS:
                            await self._save(response)
                            return Fetched(str(url), response.content_type.lower(), self._bytes, hops)
                        url = self._target(url, response)
        raise OutboundRefused("too_many_redirects")

    def _session(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            resolver=_CheckedResolver(self.policy),
            socket_factory=self._socket,
            use_dns_cache=False,
            force_close=True,
            ssl=self.policy.tls or True,
        )
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
            headers={"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": "Casset"},
            timeout=aiohttp.ClientTimeout(
                total=None, sock_connect=CONNECT_TIMEOUT_S, sock_read=READ_TIMEOUT_S
            ),
        )

    def _socket(self, address: AddrInfoType) -> socket.socket:
        """Every connection begins here, with the address it will use: the last and surest check."""
        family, kind, protocol, _, place = address
        if family not in (socket.AF_INET, socket.AF_INET6) or not self.policy.is_public(str(place[0])):
            self._blocked = True
            raise OSError("not a public address")
        return socket.socket(family, kind, protocol)

    def _target(self, url: URL, response: aiohttp.ClientResponse) -> URL:
        """Where a redirect leads, checked as if a user had typed it."""
        location = response.headers.get("Location", "")
        try:
            target = url.join(URL(location))
        except ValueError as error:
            raise OutboundRefused("bad_url") from error
        if url.scheme == "https" and target.scheme == "http":
            raise OutboundRefused("insecure_redirect")
        return self.policy.parse(str(target))

    async def _save(self, response: aiohttp.ClientResponse) -> None:
        if response.status != HTTPStatus.OK:
            raise OutboundRefused(STATUS_REASONS.get(response.status, "bad_answer"))
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise OutboundRefused("bad_answer")
        # The announced length only saves time: the bytes that come are counted.
        self._check_size(response.content_length or 0)
        async for chunk in response.content.iter_chunked(CHUNK_BYTES):
            self._bytes += len(chunk)
            self._check_size(self._bytes)
            self._file.write(chunk)

    def _check_size(self, size: int) -> None:
        if size > self._max_bytes:
            limit = f"{self._max_bytes / 1024**2:.3g} MB"
            raise OutboundRefused("too_large", f"The file at this address is larger than {limit}.")

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        """The client library's errors in our words. Errors of the file (a full disk) pass through."""
        try:
            yield
        except (aiohttp.ConnectionTimeoutError, aiohttp.ClientConnectorDNSError) as error:
            raise OutboundRefused("unreachable") from error
        except TimeoutError as error:
            raise OutboundRefused("too_slow") from error
        except (aiohttp.ClientConnectorCertificateError, aiohttp.ClientSSLError) as error:
            raise OutboundRefused("bad_certificate") from error
        except aiohttp.ClientConnectorError as error:
            raise OutboundRefused("private_address" if self._blocked else "unreachable") from error
        except aiohttp.InvalidURL as error:
            raise OutboundRefused("bad_url") from error
        except aiohttp.ClientError as error:
            raise OutboundRefused("bad_answer") from error


class _CheckedResolver(AbstractResolver):
    """Refuses a name as a whole if one of its addresses is not public: no falling back to the next record."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._resolver = policy.resolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        answers = await self._resolver.resolve(host, port, family)
        if not all(self._policy.is_public(answer["host"]) for answer in answers):
            raise OutboundRefused("private_address")
        return answers

    async def close(self) -> None:
        await self._resolver.close()
