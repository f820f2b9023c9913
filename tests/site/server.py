"""The site in a process of its own, as a front server sees it."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes


class Site:
    """A running web process and what it has written."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, output: Path) -> None:
        self.process, self.port, self.output = process, port, output

    def get(self, path: str, method: str = "GET", **headers: str) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, headers={k.replace("_", "-"): v for k, v in headers.items()})
            answer = connection.getresponse()
            names = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(answer.status, names, answer.read())
        finally:
            connection.close()

    @property
    def text(self) -> str:
        return self.output.read_text(encoding="utf-8")

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Everything written, which has to be JSON, line by line."""
        return [json.loads(line) for line in self.text.splitlines()]


def environment(**extra: str) -> dict[str, str]:
    """For a child process on this test's database, Redis and files."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.site.server_settings",
        "WORKER_DATABASE": str(settings.DATABASES["default"]["NAME"]),
        "WORKER_DATA_DIR": str(settings.DATA_DIR),
        **extra,
    }


@contextmanager
def running(folder: Path, environ: Mapping[str, str]) -> Iterator[Site]:
    """uvicorn as it comes, with its access log on: what may not be logged must be kept out by our own settings."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    output = folder / f"site-{port}.log"
    command = [sys.executable, "-m", "uvicorn", "casset_site.asgi:application", "--port", str(port)]
    with output.open("wb") as file:
        process = subprocess.Popen(command, env=dict(environ), stdout=file, stderr=subprocess.STDOUT)
    site = Site(process, port, output)
    try:
        _wait(site)
        yield site
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(site: Site) -> None:
    for _ in range(1200):
        assert site.process.poll() is None, site.text
        try:
            if site.get("/healthz").status == 200:
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"the site did not come up: {site.text}")
