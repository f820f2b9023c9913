"""Many listeners on slow lines at once, and the pages that somebody else opens meanwhile."""

import asyncio
import http.client
import resource
import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.bench.streaming_load import Ask, Target

RATE = 32 * 1024  # bytes a second, a little more than 192 kbit/s
PIECE = 8 * 1024
# Small, so that the kernel's buffers do not hide a server that reads ahead.
RECEIVE_BUFFER = 32 * 1024
# As on the internet: with loopback's own segments of 64 KB the kernel takes megabytes off a server at once.
SEGMENT = 1440
LEAST_FILES = 4096


@dataclass
class Crowd:
    """What the readers got, and the memory of the server's processes before and at most, in KB."""

    readers: int
    before_kb: float
    peak_kb: float = 0
    received: int = 0
    failures: int = 0

    @property
    def kb_each(self) -> float:
        return (self.peak_kb - self.before_kb) / self.readers


@dataclass
class Visitor:
    """Opens pages one after the other in a thread of its own and keeps each one's latencies in ms."""

    port: int
    paths: Sequence[str]
    latencies: dict[str, list[float]] = field(default_factory=dict)
    failures: int = 0

    def __enter__(self) -> "Visitor":
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def wait_for(self, rounds: int) -> None:
        """Until each page was opened that often."""
        while self.paths and len(self.latencies.get(self.paths[-1], ())) < rounds and self._thread.is_alive():
            time.sleep(0.05)

    def _run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        while not self._stop.is_set():
            for path in self.paths:
                started = time.perf_counter()
                connection.request("GET", path)
                answer = connection.getresponse()
                answer.read()
                self.latencies.setdefault(path, []).append((time.perf_counter() - started) * 1e3)
                self.failures += answer.status != 200
            self._stop.wait(0.1)
        connection.close()


def slow_readers(target: Target, *, count: int, seconds: float) -> Crowd:
    """`count` readers of whole files at RATE for some seconds."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(LEAST_FILES, hard)), hard))
    return asyncio.run(_crowd(target, count, seconds))


async def _crowd(target: Target, count: int, seconds: float) -> Crowd:
    crowd = Crowd(count, target.server.rss_kb())
    readers = []
    for number in range(count):
        ask = target.asks[number % len(target.asks)]
        readers.append(asyncio.create_task(_read(target.server.port, ask, crowd)))
        if number % 50 == 49:
            await asyncio.sleep(0.1)
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        await asyncio.sleep(0.5)
        crowd.peak_kb = max(crowd.peak_kb, target.server.rss_kb())
    crowd.failures += sum(reader.done() for reader in readers)
    for reader in readers:
        reader.cancel()
    await asyncio.gather(*readers, return_exceptions=True)
    return crowd


async def _read(port: int, ask: Ask, crowd: Crowd) -> None:
    """Until cancelled; it ends early only when something is wrong."""
    loop = asyncio.get_running_loop()
    with socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, SEGMENT)
        line.setblocking(False)
        await loop.sock_connect(line, ("127.0.0.1", port))
        await loop.sock_sendall(
            line, f"GET {ask.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {ask.cookie}\r\n\r\n".encode()
        )
        data = await loop.sock_recv(line, PIECE)
        if not data.startswith(b"HTTP/1.1 200 "):
            return
        while data:
            crowd.received += len(data)
            await asyncio.sleep(len(data) / RATE)
            data = await loop.sock_recv(line, PIECE)
