import asyncio
import logging
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from pytest_django.fixtures import Settings

from casset_site.lib import outbound
from casset_site.lib.destinations import is_public
from casset_site.lib.outbound import Fetched, OutboundRefused, Policy, fetch_to_file
from tests.lib.certificates import make_certificate

CID = "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG"
SONG = b"ID3" + bytes(range(256)) * 1000

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Names(AbstractResolver):
    """Name server of the tests: each name has one list of addresses per question, the last one repeated."""

    def __init__(self, table: dict[str, list[list[str]]], asked: list[str]) -> None:
        self.table = table
        self.asked = asked

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        questions = self.asked.count(host)
        self.asked.append(host)
        if host not in self.table:
            raise OSError(f"no such name: {host}")
        answers = self.table[host]
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in answers[min(questions, len(answers) - 1)]
        ]

    async def close(self) -> None:
        pass


class World:
    """The outside world: web servers on loopback, of which only 127.0.0.1 counts as public, and names."""

    def __init__(self) -> None:
        self.names: dict[str, list[list[str]]] = {"files.example": [["127.0.0.1"]]}
        self.asked: list[str] = []
        self.requests: list[web.BaseRequest] = []
        self.plain_http = True
        self.tls: ssl.SSLContext | None = None
        self._runners: list[web.ServerRunner] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()

    @property
    def policy(self) -> Policy:
        return Policy(
            is_public=lambda address: address == "127.0.0.1" or is_public(address),
            resolver=lambda: Names(self.names, self.asked),
            plain_http=self.plain_http,
            any_port=True,
            tls=self.tls,
        )

    def serve(
        self, handler: Handler, *, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None
    ) -> int:
        async def recorded(request: web.BaseRequest) -> web.StreamResponse:
            self.requests.append(request)
            return await handler(request)  # type: ignore[arg-type]

        async def start() -> int:
            runner = web.ServerRunner(web.Server(recorded), shutdown_timeout=0.1)
            await runner.setup()
            self._runners.append(runner)
            await web.TCPSite(runner, host, port, ssl_context=tls).start()
            return int(runner.addresses[0][1])

        return asyncio.run_coroutine_threadsafe(start(), self._loop).result(5)

    def fetch(self, url: str, **options: Any) -> tuple[Fetched, bytes]:
        into = BytesIO()
        bounds: dict[str, Any] = {"max_bytes": 10**6, "timeout_s": 20, "policy": self.policy} | options
        return fetch_to_file(url, into, **bounds), into.getvalue()

    def refusal(self, url: str, **options: Any) -> str:
        """The reason why it was refused; the file is as before."""
        into = BytesIO(b"before")
        into.seek(6)
        bounds: dict[str, Any] = {"max_bytes": 10**6, "timeout_s": 20, "policy": self.policy} | options
        with pytest.raises(OutboundRefused) as caught:
            fetch_to_file(url, into, **bounds)
        assert into.getvalue() == b"before"
        assert into.tell() == 6
        assert caught.value.message.endswith(".")
        return caught.value.reason

    def close(self) -> None:
        async def stop() -> None:
            for runner in self._runners:
                await runner.cleanup()
            handlers = asyncio.all_tasks() - {asyncio.current_task()}
            for handler in handlers:
                handler.cancel()
            await asyncio.gather(*handlers, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.close()


async def song(request: web.BaseRequest) -> web.StreamResponse:
    return web.Response(body=SONG, content_type="audio/mpeg")


def redirect(*places: str) -> Handler:
    """Send on to each place in turn, then give the song."""

    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        step = int(request.rel_url.query.get("step", "0"))
        if step >= len(places):
            return await song(request)
        return web.Response(status=302, headers={"Location": places[step]})

    return handler


def test_a_file_is_fetched(world: World) -> None:
    port = world.serve(song)
    fetched, body = world.fetch(f"http://files.example:{port}/song.mp3?key=1")
    assert body == SONG
    assert fetched == Fetched(f"http://files.example:{port}/song.mp3?key=1", "audio/mpeg", len(SONG), 0)
    sent = world.requests[0].headers
    assert sent["Host"] == f"files.example:{port}"
    assert sent["Accept-Encoding"] == "identity"
    assert not {"Authorization", "Cookie", "Proxy-Authorization", "Referer"} & set(sent)


def test_three_redirects_are_followed_and_a_fourth_is_not(world: World) -> None:
    port = world.serve(redirect("/a?step=1", "/b?step=2", "/c?step=3"))
    fetched, body = world.fetch(f"http://files.example:{port}/")
    assert (fetched.hops, fetched.url, body) == (3, f"http://files.example:{port}/c?step=3", SONG)
    port = world.serve(redirect("/a?step=1", "/b?step=2", "/c?step=3", "/d?step=4"))
    assert world.refusal(f"http://files.example:{port}/") == "too_many_redirects"


def test_a_redirect_in_a_circle_ends(world: World) -> None:
    port = world.serve(redirect("/?step=0"))
    assert world.refusal(f"http://files.example:{port}/") == "too_many_redirects"
    assert len(world.requests) == 4


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("http://127.0.0.2:{port}/", "private_address"),
        ("http://169.254.169.254/latest/meta-data/", "private_address"),
        ("http://10.0.0.1/", "private_address"),
        ("http://[::1]:{port}/", "private_address"),
        ("http://[::ffff:127.0.0.1]:{port}/", "private_address"),
        ("http://127.1:{port}/", "private_address"),
        ("http://2130706433:{port}/", "private_address"),
        ("http://localhost:{port}/", "private_address"),
        ("http://metadata.google.internal/", "private_address"),
        ("http://inside.example:{port}/", "private_address"),
        ("//127.0.0.2:{port}/", "private_address"),
        ("file:///etc/passwd", "bad_url"),
        ("ftp://files.example/", "bad_scheme"),
        ("ipfs://" + CID, "bad_scheme"),
        ("http://user:secret@files.example:{port}/?step=1", "bad_url"),
        ("http://files.example:99999/", "bad_url"),
    ],
)
def test_a_redirect_is_checked_like_the_first_address(place: str, reason: str, world: World) -> None:
    port = world.serve(redirect("PLACE"))
    world.serve(song, host="127.0.0.2", port=port)
    world.names["inside.example"] = [["127.0.0.2"]]
    redirecting = world.serve(redirect(place.format(port=port)))
    assert world.refusal(f"http://files.example:{redirecting}/") == reason
    assert len(world.requests) == 1


def test_encryption_is_not_given_up_on_the_way(world: World, tmp_path: Path) -> None:
    server, world.tls = make_certificate(tmp_path, "files.example")
    port = world.serve(redirect(f"http://files.example:{world.serve(song)}/"), tls=server)
    assert world.refusal(f"https://files.example:{port}/") == "insecure_redirect"


def test_the_certificate_is_checked_against_the_name_not_the_address(world: World, tmp_path: Path) -> None:
    server, world.tls = make_certificate(tmp_path, "files.example")
    world.plain_http = False
    asked: list[str | None] = []
    server.sni_callback = lambda _socket, name, _context: asked.append(name)
    port = world.serve(song, tls=server)
    _, body = world.fetch(f"https://files.example:{port}/")
    assert body == SONG
    assert asked == ["files.example"]
    world.names["other.example"] = [["127.0.0.1"]]
    assert world.refusal(f"https://other.example:{port}/") == "bad_certificate"
    world.tls = None
    assert world.refusal(f"https://files.example:{port}/") == "bad_certificate"
    assert len(world.requests) == 1


def test_production_takes_https_on_its_port_only() -> None:
    for url, reason in [
        ("http://files.example/", "bad_scheme"),
        ("https://files.example:8443/", "bad_port"),
        ("https://127.0.0.1/", "private_address"),
        ("https://[::1]/", "private_address"),
        ("https://169.254.169.254/", "private_address"),
    ]:
        with pytest.raises(OutboundRefused) as caught:
            fetch_to_file(url, BytesIO(), max_bytes=1, timeout_s=5)
        assert caught.value.reason == reason


def test_one_private_answer_among_public_ones_refuses_the_name(world: World) -> None:
    port = world.serve(song)
    world.serve(song, host="127.0.0.2", port=port)
    for answers in (
        ["127.0.0.1", "127.0.0.2"],
        ["127.0.0.2", "127.0.0.1"],
        ["127.0.0.1", "::ffff:127.0.0.1"],
    ):
        world.names["mixed.example"] = [answers]
        assert world.refusal(f"http://mixed.example:{port}/") == "private_address"
    assert world.requests == []


def test_a_name_is_resolved_once_a_connection(world: World) -> None:
    port = world.serve(song)
    world.serve(song, host="127.0.0.2", port=port)
    world.names["rebinding.example"] = [["127.0.0.1"], ["127.0.0.2"]]
    world.fetch(f"http://rebinding.example:{port}/")
    assert world.asked == ["rebinding.example"]
    assert len(world.requests) == 1


def test_a_name_that_turns_private_between_hops_is_not_connected_to(world: World) -> None:
    port = world.serve(redirect("/?step=1"))
    inside = []

    async def secret(request: web.BaseRequest) -> web.StreamResponse:
        inside.append(request)
        return web.Response(body=b"secret")

    world.serve(secret, host="127.0.0.2", port=port)
    world.names["rebinding.example"] = [["127.0.0.1"], ["127.0.0.2"]]
    assert world.refusal(f"http://rebinding.example:{port}/") == "private_address"
    assert world.asked == ["rebinding.example"] * 2
    assert inside == []


def test_the_address_connected_to_is_checked_whatever_the_resolver_said(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = world.serve(song, host="127.0.0.2")
    world.names["files.example"] = [["127.0.0.2"]]

    async def unchecked(self: Any, host: str, port: int = 0, family: Any = 0) -> list[ResolveResult]:
        return await Names(world.names, []).resolve(host, port)

    monkeypatch.setattr(outbound._CheckedResolver, "resolve", unchecked)
    assert world.refusal(f"http://files.example:{port}/") == "private_address"
    assert world.requests == []


def test_cookies_of_one_hop_are_not_sent_on_the_next(world: World) -> None:
    async def setting(request: web.BaseRequest) -> web.StreamResponse:
        headers = {"Location": "/?next", "Set-Cookie": "id=1; Path=/"}
        return await song(request) if request.query_string else web.Response(status=302, headers=headers)

    port = world.serve(setting)
    world.fetch(f"http://files.example:{port}/")
    assert "Cookie" not in world.requests[1].headers


def test_passwords_and_proxies_of_the_machine_are_not_used(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".netrc").write_text("machine files.example login user password secret\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    port = world.serve(song)
    world.fetch(f"http://files.example:{port}/")
    assert "Authorization" not in world.requests[0].headers


def test_a_file_announced_too_large_is_not_read(world: World) -> None:
    async def large(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": str(10**12)})
        await response.prepare(request)
        return response

    port = world.serve(large)
    assert world.refusal(f"http://files.example:{port}/") == "too_large"


def test_a_file_that_grows_too_large_is_cut_off(world: World) -> None:
    async def endless(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse()
        response.enable_chunked_encoding()
        await response.prepare(request)
        while True:
            await response.write(bytes(65536))

    port = world.serve(endless)
    assert world.refusal(f"http://files.example:{port}/", max_bytes=10**6) == "too_large"


def test_a_file_of_exactly_the_limit_is_taken(world: World) -> None:
    port = world.serve(song)
    assert world.fetch(f"http://files.example:{port}/", max_bytes=len(SONG))[0].bytes == len(SONG)
    assert world.refusal(f"http://files.example:{port}/", max_bytes=len(SONG) - 1) == "too_large"


def raw_server(answer: bytes) -> tuple[socket.socket, int]:
    """A server that says exactly this and hangs up."""
    listening = socket.create_server(("127.0.0.1", 0))

    def answer_all() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            connection.recv(65536)
            connection.sendall(answer)
            connection.close()

    threading.Thread(target=answer_all, daemon=True).start()
    return listening, int(listening.getsockname()[1])


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 206 Partial Content\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: http://[bad/\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello and more",
        b"SSH-2.0-OpenSSH\r\n",
        b"",
    ],
)
def test_bad_answers_are_refused(answer: bytes, world: World) -> None:
    listening, port = raw_server(answer)
    with listening:
        assert world.refusal(f"http://files.example:{port}/") in {"bad_answer", "bad_url"}


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_refusals_of_the_server_are_told_apart(status: int, world: World) -> None:
    async def refuse(request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(status=status)

    port = world.serve(refuse)
    expected = "not_found" if status in (404, 410) else "forbidden"
    assert world.refusal(f"http://files.example:{port}/") == expected


def test_a_dripping_body_is_given_up_when_the_time_is_over(world: World) -> None:
    async def drip(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b".")
            await asyncio.sleep(0.02)

    port = world.serve(drip)
    assert world.refusal(f"http://files.example:{port}/", timeout_s=0.5) == "too_slow"


def test_a_silent_server_is_given_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def sleep(request: web.BaseRequest) -> web.StreamResponse:
        await asyncio.sleep(30)
        return web.Response()

    monkeypatch.setattr(outbound, "READ_TIMEOUT_S", 0.3)
    port = world.serve(sleep)
    assert world.refusal(f"http://files.example:{port}/") == "too_slow"


def test_servers_that_are_not_there(world: World) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert world.refusal(f"http://files.example:{port}/") == "unreachable"
    assert world.refusal("http://nowhere.example/") == "unreachable"


def test_ipfs_is_read_from_the_next_gateway_when_one_fails(world: World, settings: Settings) -> None:
    async def broken(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b"half of it")
        assert request.transport is not None
        request.transport.close()
        return response

    async def missing(request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(status=404)

    ports = [world.serve(handler) for handler in (broken, missing, song)]
    settings.IPFS_GATEWAYS = [f"http://files.example:{port}" for port in ports]
    fetched, body = world.fetch(f"ipfs://{CID}/a%20b.mp3")
    assert body == SONG
    assert fetched.url == f"http://files.example:{ports[2]}/ipfs/{CID}/a%20b.mp3"
    assert [request.path for request in world.requests] == [f"/ipfs/{CID}/a b.mp3"] * 3


def test_ipfs_fails_with_the_last_gateways_reason(world: World, settings: Settings) -> None:
    async def missing(request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(status=404)

    settings.IPFS_GATEWAYS = ["http://nowhere.example", f"http://files.example:{world.serve(missing)}"]
    assert world.refusal(f"ipfs://{CID}") == "not_found"
    settings.IPFS_GATEWAYS = []
    assert world.refusal(f"ipfs://{CID}") == "unreachable"


def test_a_file_too_large_at_one_gateway_is_not_asked_of_the_next(world: World, settings: Settings) -> None:
    settings.IPFS_GATEWAYS = [f"http://files.example:{world.serve(song)}" for _ in range(2)]
    assert world.refusal(f"ipfs://{CID}", max_bytes=10) == "too_large"
    assert len(world.requests) == 1


def test_a_gateway_cannot_lead_inside(world: World, settings: Settings) -> None:
    inside = world.serve(song, host="127.0.0.2")
    settings.IPFS_GATEWAYS = [f"http://files.example:{world.serve(redirect(f'http://127.0.0.2:{inside}/'))}"]
    assert world.refusal(f"ipfs://{CID}") == "private_address"
    assert len(world.requests) == 1


def test_callers_may_narrow_the_schemes(world: World) -> None:
    assert world.refusal(f"ipfs://{CID}", schemes=("https",)) == "bad_scheme"
    assert world.refusal("https://files.example/", schemes=("ipfs",)) == "bad_scheme"


def test_a_full_disk_is_not_blamed_on_the_server(world: World) -> None:
    class Full(BytesIO):
        def write(self, data: Any, /) -> int:
            raise OSError(28, "No space left on device")

    port = world.serve(song)
    with pytest.raises(OSError, match="No space left"):
        fetch_to_file(
            f"http://files.example:{port}/", Full(), max_bytes=10**6, timeout_s=5, policy=world.policy
        )


def test_refusals_are_logged_without_the_query(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, logger="casset_site.lib.outbound")
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    world.refusal(f"http://files.example:{port}/song.mp3?signature=secret#part")
    world.refusal("http://user:secret@files.example/")
    messages = [record.getMessage() for record in caplog.records]
    assert messages == [
        f"Outbound request refused: unreachable (http://files.example:{port}/song.mp3)",
        "Outbound request refused: bad_url (no valid address)",
    ]


def test_code_on_an_event_loop_can_fetch_too(world: World) -> None:
    port = world.serve(song)
    into = BytesIO()
    fetched = asyncio.run(
        outbound.fetch(
            f"http://files.example:{port}/", into, max_bytes=10**6, timeout_s=5, policy=world.policy
        )
    )
    assert fetched.bytes == len(into.getvalue()) == len(SONG)


def test_the_policy_of_production_is_the_default() -> None:
    assert isinstance(outbound.PUBLIC.resolver, type)
    assert Policy() == outbound.PUBLIC
    assert issubclass(outbound.PUBLIC.resolver, aiohttp.ThreadedResolver)
