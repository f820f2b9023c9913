"""The whole site in a real browser: a server in this process, a worker thread, and pages that may not complain."""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
import uvicorn
from django.core.management import call_command
from django.db import connections
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from accounts.models import User
from tests import jobs

# The synchronous browser driver keeps an event loop in this thread; Django would refuse queries beside one.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

CHROMIUM = os.environ.get("CASSET_CHROMIUM", "/usr/bin/chromium")
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=document-user-activation-required",
]
VIOLATION = """addEventListener("securitypolicyviolation", (event) =>
  console.error("CSP: " + event.violatedDirective + " " + event.blockedURI))"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Gone before other tests: the browser's driver keeps an event loop in this thread, and they start their own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield browser
        browser.close()


@dataclass
class Visit:
    """A visitor's browser window; `complaints` are console errors, page errors and policy violations."""

    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def watch(self) -> None:
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(f"page error: {error}"))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    def unexpected(self) -> list[str]:
        return [line for line in self.complaints if not any(part in line for part in self.expected)]


@dataclass
class Site:
    """The running site at `url`. `visit()` opens a window, signed in as `user` when one is given."""

    url: str
    browser: Browser
    visits: list[Visit] = field(default_factory=list)

    def visit(
        self, user: User | None = None, *, width: int = 1280, height: int = 800, scheme: str = "dark"
    ) -> Visit:
        context = self.browser.new_context(
            base_url=self.url,
            viewport={"width": width, "height": height},
            color_scheme="dark" if scheme == "dark" else "light",
            service_workers="block",
        )
        context.set_default_timeout(15_000)
        if user is not None:
            client = Client()
            client.force_login(user)
            context.add_cookies(
                [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": self.url}]
            )
        context.add_init_script(VIOLATION)
        visit = Visit(context, context.new_page())
        visit.watch()
        self.visits.append(visit)
        return visit


def _serve(port: int) -> tuple[uvicorn.Server, threading.Thread]:
    config = uvicorn.Config("casset_site.asgi:application", port=port, log_level="warning", lifespan="on")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    _until(lambda: server.started)
    return server, thread


def _until(true: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.02)


def _work(stop: threading.Event) -> None:
    """What the relay and a worker do: run jobs soon after they were ordered."""
    while not stop.wait(0.1):
        jobs.run()
    connections.close_all()


@pytest.fixture
def site(transactional_db: None, chromium: Browser) -> Iterator[Site]:
    call_command("build_assets")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server, thread = _serve(port)
    stop = threading.Event()
    worker = threading.Thread(target=_work, args=(stop,), daemon=True)
    worker.start()
    running = Site(f"http://127.0.0.1:{port}", chromium)
    yield running
    for visit in running.visits:
        visit.context.close()
    stop.set()
    worker.join(30)
    server.should_exit = True
    thread.join(10)
    assert [line for visit in running.visits for line in visit.unexpected()] == []
