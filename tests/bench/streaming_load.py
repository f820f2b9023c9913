"""Load for the streaming measurements: many ranges at once by wrk, each kind checked byte by byte meanwhile."""

import asyncio
import http.client
import random
import shutil
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.streaming_servers import Server

WRK = shutil.which("wrk")
NO_WRK = "wrk is not installed (Debian: apt-get install wrk); a slower generator of our own stands in"
SCRIPT = Path(__file__).with_name("streaming_ranges.lua")
MOST_HEADER_BYTES = 1024
CHECK_EVERY_S = 0.05


@dataclass(frozen=True)
class Sample:
    """What one server did under load: requests, seconds, its CPU seconds, and latency in ms."""

    requests: int
    seconds: float
    cpu_s: float
    p50_ms: float
    p99_ms: float

    @property
    def rate(self) -> float:
        return self.requests / self.seconds

    @property
    def cpu_us(self) -> float:
        return self.cpu_s / self.requests * 1e6


@dataclass(frozen=True)
class Ask:
    """What one listener asks for: an address, the cookie of the device, and the content to expect."""

    path: str
    cookie: str
    content: bytes


@dataclass(frozen=True)
class Target:
    """The same files for the same listeners at one server. All files are of one size."""

    server: Server
    asks: Sequence[Ask]

    @property
    def size(self) -> int:
        return len(self.asks[0].content)


def measure(target: Target, *, length: int, connections: int, seconds: int) -> Sample:
    """Raises AssertionError for a single wrong status, length or byte."""
    with Checker(target, length) as checker:
        before = target.server.cpu_s()
        run = _wrk if WRK else _own
        requests, took, p50, p99 = run(target, length, connections, seconds)
        cpu = target.server.cpu_s() - before
    return Sample(requests + checker.requests, took, cpu, p50, p99)


class Checker:
    """Asks for ranges of its own during the load and compares every byte with the file."""

    def __init__(self, target: Target, length: int) -> None:
        self.target, self.length = target, length
        self.requests = 0
        self.problem: BaseException | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "Checker":
        self._thread.start()
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        if self.problem is not None:
            raise AssertionError("a wrong answer under load") from self.problem
        assert error or self.requests, "no answer was compared"

    def _run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.target.server.port, timeout=60)
        try:
            while not self._stop.wait(CHECK_EVERY_S):
                self._ask(connection)
                self.requests += 1
        except (AssertionError, OSError, http.client.HTTPException) as error:
            self.problem = error
        finally:
            connection.close()

    def _ask(self, connection: http.client.HTTPConnection) -> None:
        ask = random.choice(self.target.asks)
        first = random.randrange(len(ask.content) - self.length + 1)
        last = first + self.length - 1
        headers = {"Range": f"bytes={first}-{last}", "Cookie": ask.cookie}
        connection.request("GET", ask.path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status == 206, answer.status
        assert answer.headers["Content-Range"] == f"bytes {first}-{last}/{len(ask.content)}"
        assert body == ask.content[first : last + 1]


Counted = tuple[int, float, float, float]


def _wrk(target: Target, length: int, connections: int, seconds: int) -> Counted:
    """Requests, seconds, median and 99th percentile in ms."""
    options = ["-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s", "-s", str(SCRIPT)]
    asks = [word for ask in target.asks for word in (ask.path, ask.cookie)]
    command = [WRK or "", *options, target.server.url, "--", str(length), str(target.size), *asks]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    line = next(row for row in said.splitlines() if row.startswith("RESULT"))
    requests, took_us, received, errors, p50, p99 = map(int, line.split()[1:])
    assert errors == 0, said
    # Bytes of answers under way when the time was up are counted too, at most one answer for each connection.
    assert length < received / requests < (length + MOST_HEADER_BYTES) * (1 + connections / requests), said
    return requests, took_us / 1e6, p50 / 1e3, p99 / 1e3


def _own(target: Target, length: int, connections: int, seconds: int) -> Counted:
    latencies: list[float] = []
    started = time.perf_counter()

    async def load() -> None:
        until = started + seconds
        await asyncio.gather(*(_ask_on(target, length, until, latencies) for _ in range(connections)))

    asyncio.run(load())
    took = time.perf_counter() - started
    latencies.sort()
    middle, high = latencies[len(latencies) // 2], latencies[len(latencies) * 99 // 100]
    return len(latencies), took, middle * 1e3, high * 1e3


async def _ask_on(target: Target, length: int, until: float, latencies: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", target.server.port, limit=2 * length)
    while (started := time.perf_counter()) < until:
        ask, first = random.choice(target.asks), random.randrange(target.size - length + 1)
        writer.write(
            f"GET {ask.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {ask.cookie}\r\n"
            f"Range: bytes={first}-{first + length - 1}\r\n\r\n".encode()
        )
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        assert head.startswith(b"http/1.1 206 "), head
        assert b"content-length: %d\r\n" % length in head, head
        await reader.readexactly(length)
        latencies.append(time.perf_counter() - started)
    writer.close()
