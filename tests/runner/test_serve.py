"""The whole of `make run`, with its real processes."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from casset_site.runner.preparation import ROOT

PATIENT = 90.0
PARTS = {"postgres", "valkey-server", "uvicorn", "worker", "beat", "relay_outbox"}


class Run:
    """One `make run`, without make."""

    def __init__(self, data: Path, port: int) -> None:
        given = {"CASSET_DATA_DIR": str(data), "PORT": str(port), "CASSET_DEMO": "0"}
        settings = {"DJANGO_SETTINGS_MODULE": "tests.runner.site_settings"}
        hidden = {"DATABASE_URL", "REDIS_URL", "MAKELEVEL", "HOST"}
        kept = {name: value for name, value in os.environ.items() if name not in hidden}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "casset_site.runner", "run"],
            cwd=ROOT,
            env={**kept, **given, **settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said: list[str] = []
        self.listener = threading.Thread(target=self._listen, daemon=True)
        self.listener.start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        self.said.extend(self.process.stdout)

    def wait_until(self, words: str) -> None:
        deadline = time.monotonic() + PATIENT
        while not any(words in line for line in list(self.said)):
            assert self.process.poll() is None, "".join(self.said)
            assert time.monotonic() < deadline, "".join(self.said)
            time.sleep(0.05)

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        self.listener.join(PATIENT)
        return self.process.wait(PATIENT)


@pytest.fixture
def data() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="site-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def parts_of(family: list[psutil.Process]) -> set[str]:
    lines = [" ".join(process.cmdline()) for process in family]
    return {part for part in PARTS if any(part in line for line in lines)}


def test_the_site_serves_survives_kill_9_and_stops_clean(data: Path, port: int) -> None:
    first = Run(data, port)
    first.wait_until("Casset is at")
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=PATIENT) as page:
        assert page.status == 200
    family = first.family()
    assert parts_of(family) == PARTS
    assert set(json.loads((data / "services.json").read_text())) == {"DATABASE_URL", "REDIS_URL"}
    first.end(signal.SIGKILL)
    assert not psutil.wait_procs(family, timeout=PATIENT)[1]

    second = Run(data, port)
    second.wait_until("Casset is at")
    assert not any("Migrating" in line or "Collecting" in line for line in second.said)
    family = second.family()
    web = next(process for process in family if "uvicorn" in " ".join(process.cmdline()))
    web.kill()
    second.wait_until("web ended (SIGKILL); starting it again")
    assert second.end(signal.SIGTERM) == 0
    assert "Everything has stopped" in second.said[-1]
    assert not psutil.wait_procs(family, timeout=PATIENT)[1]
    assert not (data / "services.json").exists()


def test_a_second_site_on_the_same_data_says_so_and_disturbs_nothing(data: Path, port: int) -> None:
    first = Run(data, port)
    first.wait_until("Database and queue are ready")
    second = Run(data, port)
    assert second.process.wait(PATIENT) == 1
    second.listener.join(PATIENT)
    assert "already running here" in "".join(second.said)
    assert first.process.poll() is None
    assert first.end(signal.SIGINT) == 0
