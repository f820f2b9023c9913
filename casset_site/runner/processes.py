"""The processes of a running site: what they are, in which order they come and go."""

import asyncio
import contextlib
import signal
import sys
import time
from pathlib import Path

from casset_site.runner.address import Address
from casset_site.runner.console import say
from casset_site.runner.embedded import EmbeddedServers, Server
from casset_site.runner.errors import RunnerError
from casset_site.runner.preparation import chains, manage, prepare
from casset_site.runner.stamps import Stamps
from casset_site.runner.supervisor import (
    FIRST_PAUSE_S,
    LONGEST_PAUSE_S,
    Child,
    Program,
    run_to_end,
    stop_in_order,
    together,
)

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
WEB_TRIES, WEB_LIMIT_S = 3, 120.0
SERVER_CHECK_S = 0.5
# Listeners hear their song out for this long; with the rest, everything stops within 10 seconds.
GRACE_S = 5
CELERY = [sys.executable, "-m", "celery", "-q", "-A", "casset_site"]


def web_program(address: Address) -> Program:
    """No access log: it would write down the tokens in the addresses of audio. TRUSTED_PROXIES says whom to believe."""
    place = ["--host", address.host, "--port", str(address.port)]
    speed = [
        "--loop",
        "uvloop",
        "--http",
        "httptools",
        "--no-access-log",
        "--no-proxy-headers",
        "--log-level",
        "warning",
    ]
    grace = ["--timeout-graceful-shutdown", str(GRACE_S)]
    command = [sys.executable, "-m", "uvicorn", "casset_site.asgi:application", *place, *speed, *grace]
    return Program("web", command, patience_s=GRACE_S + 1)


def worker_program() -> Program:
    queues = ["-c", "2", "-Q", "money,media,default"]
    # One worker has nobody to mingle and gossip with, and would wait for them at its start.
    alone = ["--without-mingle", "--without-gossip", "--without-heartbeat", "-l", "warning"]
    return Program("worker", [*CELERY, "worker", *queues, *alone], patience_s=GRACE_S + 1)


def beat_program(data: Path) -> Program:
    return Program("beat", [*CELERY, "beat", "--schedule", str(data / "beat-schedule"), "-l", "warning"])


class Site:
    """Prepares, starts and watches; `serve` returns when everything it started has stopped."""

    def __init__(
        self,
        servers: EmbeddedServers,
        environment: dict[str, str],
        address: Address,
        data: Path,
        *,
        demo: bool,
    ) -> None:
        self.servers = servers
        self.environment = environment
        self.address = address
        self.data = data
        self.stamps = Stamps(data / "prepared.json")
        self.chains = chains(data, embedded_database="DATABASE_URL" in servers.urls, demo=demo)
        self.web = Child(web_program(address), environment)
        self.worker = Child(worker_program(), environment)
        relay = manage("relay_outbox")
        self.feeders = [
            Child(Program("relay", relay.command), environment),
            Child(beat_program(data), environment),
        ]
        self.told = asyncio.Event()

    async def serve(self) -> None:
        loop = asyncio.get_running_loop()
        for number in STOP_SIGNALS:
            loop.add_signal_handler(number, self._on_signal)
        duty = asyncio.create_task(self._be_up())
        told = asyncio.create_task(self.told.wait())
        await asyncio.wait([duty, told], return_when=asyncio.FIRST_COMPLETED)
        for task in (duty, told):
            task.cancel()
        await asyncio.wait([duty, told])
        await stop_in_order([self.feeders, [self.web, self.worker]])
        if not duty.cancelled() and (error := duty.exception()):
            raise error

    def _on_signal(self) -> None:
        if self.told.is_set():
            for child in (self.web, self.worker, *self.feeders):
                child.kill()
            return
        say("Stopping; once more to stop at once")
        self.told.set()

    async def _be_up(self) -> None:
        servers = self.servers.servers.items()
        await together(self._bring_up(), *(keep_server(name, server) for name, server in servers))

    async def _bring_up(self) -> None:
        """The first pages are served while the configuration is still being checked."""
        await prepare(self.chains, self.environment, self.stamps)
        self.web.start()
        await together(run_to_end(manage("check"), self.environment), self._web_answers())
        for child in (self.worker, *self.feeders):
            child.start()
        say(f"Casset is at {self.address.url}")
        self._show_accounts()
        await self.told.wait()

    def _show_accounts(self) -> None:
        """The demo writes down who can sign in; an empty site has no such file."""
        with contextlib.suppress(OSError):
            for line in (self.data / "demo-accounts.txt").read_text(encoding="utf-8").splitlines():
                say(line)

    async def _web_answers(self) -> None:
        deadline = time.monotonic() + WEB_LIMIT_S
        while not await self.address.answers():
            if self.web.starts > WEB_TRIES or time.monotonic() > deadline:
                raise RunnerError("The web process does not come up; its messages are above.")
            await asyncio.sleep(0.05)


async def keep_server(name: str, server: Server) -> None:
    """Start an embedded server again when it ended; processes reconnect by themselves."""
    pause = FIRST_PAUSE_S
    while True:
        await asyncio.sleep(SERVER_CHECK_S)
        if server.process is None or server.process.poll() is None:
            pause = FIRST_PAUSE_S
            continue
        say(f"The embedded server of {name} ended; starting it again in {pause:g} s", "problem")
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE_S)
        with contextlib.suppress(RunnerError):
            server.launch()
            await asyncio.to_thread(server.wait_until_ready)
