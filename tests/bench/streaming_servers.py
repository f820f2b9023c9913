"""The servers that are measured: Casset on uvicorn as `make run` starts it, nginx before it, and nginx alone."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psutil
from django.conf import settings

from casset_site.runner.address import Address
from casset_site.runner.preparation import ROOT
from casset_site.runner.processes import web_program

PORTS = range(18600, 18700)
PATIENCE_S = 60.0
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
NO_NGINX = "nginx is not installed (Debian: apt-get install nginx-light)"

# The anchor: the same files by the same kind of nginx, with nothing to ask and nothing to log.
STATIC_CONF = """
worker_processes 1;
pid {run}/nginx.pid;
error_log {run}/error.log warn;
events {{ worker_connections 4096; }}
http {{
    sendfile on; tcp_nopush off; tcp_nodelay on; max_ranges 1; access_log off;
    open_file_cache max=4096 inactive=60s;
    open_file_cache_valid 60s;
    client_body_temp_path {run}/body; proxy_temp_path {run}/proxy; fastcgi_temp_path {run}/fastcgi;
    uwsgi_temp_path {run}/uwsgi; scgi_temp_path {run}/scgi;
    types {{ }}
    default_type audio/mpeg;
    server {{ listen {listen}; location / {{ root {data}/renditions; }} }}
}}
"""


class Server:
    """A running server: where it listens, and what its processes used so far."""

    def __init__(self, port: int, *processes: psutil.Process) -> None:
        self.port = port
        self.processes = processes

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def behind(self, front: "Server") -> "Server":
        """Both as one, reached through `front`."""
        return Server(front.port, *front.processes, *self.processes)

    def cpu_s(self) -> float:
        return sum(times.user + times.system for times in (row.cpu_times() for row in self._family()))

    def rss_kb(self) -> float:
        return sum(row.memory_info().rss for row in self._family()) / 1024

    def _family(self) -> Iterator[psutil.Process]:
        for process in self.processes:
            yield process
            yield from process.children(recursive=True)


def free_port() -> int:
    for port in PORTS:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise RuntimeError("no free port for a benchmark")


@contextmanager
def casset(database: str, data: Path) -> Iterator[Server]:
    """The site as in production, on one process, over the test's database and files."""
    address = Address("127.0.0.1", free_port())
    url = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}"))
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "casset_site.settings.production",
        "DATABASE_URL": url,
        "CASSET_DATA_DIR": str(data),
        "SECRET_KEY": settings.SECRET_KEY,
        "ALLOWED_HOSTS": "127.0.0.1",
        "SECURE_SSL_REDIRECT": "0",
        "LOG_LEVEL": "WARNING",
    }
    for task in (["build_assets", "-v", "0"], ["collectstatic", "--noinput", "-v", "0"]):
        subprocess.run([sys.executable, "manage.py", *task], cwd=ROOT, env=environment, check=True)
    with _running(web_program(address).command, environment, address.port, "/healthz") as server:
        yield server


@contextmanager
def nginx_before(server: Server, data: Path, run: Path) -> Iterator[Server]:
    """nginx by docs/nginx.conf in front of `server`."""
    port = free_port()
    values = {"app": f"127.0.0.1:{server.port}", "data": data, "listen": f"127.0.0.1:{port}", "run": run}
    conf = (ROOT / "docs/nginx.conf").read_text(encoding="utf-8")
    # One process each, here and in the anchor: connections that happen to fall to one of two would be the noise.
    conf = conf.replace("worker_processes auto;", "worker_processes 1;")
    for name, value in values.items():
        conf = conf.replace("{{" + name + "}}", str(value))
    with _nginx(conf, run, port, "/healthz") as front:
        yield server.behind(front)


@contextmanager
def nginx_static(data: Path, run: Path) -> Iterator[Server]:
    port = free_port()
    conf = STATIC_CONF.format(run=run, data=data, listen=f"127.0.0.1:{port}")
    with _nginx(conf, run, port, "/") as server:
        yield server


@contextmanager
def _nginx(conf: str, run: Path, port: int, probe: str) -> Iterator[Server]:
    run.mkdir(parents=True, exist_ok=True)
    (run / "nginx.conf").write_text(conf, encoding="utf-8")
    # Test files are private to their owner; as root, nginx's workers would be somebody else.
    user = "user root; " if os.geteuid() == 0 else ""
    assert NGINX is not None, NO_NGINX
    command = [NGINX, "-p", str(run), "-c", str(run / "nginx.conf"), "-g", f"{user}daemon off;"]
    with _running(command, dict(os.environ), port, probe) as server:
        yield server


@contextmanager
def _running(command: list[str], environment: Mapping[str, str], port: int, probe: str) -> Iterator[Server]:
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        _wait_until_answering(process, f"http://127.0.0.1:{port}{probe}")
        yield Server(port, psutil.Process(process.pid))
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_answering(process: "subprocess.Popen[bytes]", url: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return
