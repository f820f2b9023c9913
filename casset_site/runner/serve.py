"""`make run`: the whole site in one terminal, from nothing to a served page."""

import argparse
import asyncio
import contextlib
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

from casset_site.runner import children
from casset_site.runner.address import Address
from casset_site.runner.console import say
from casset_site.runner.embedded import EmbeddedServers
from casset_site.runner.preparation import ROOT
from casset_site.runner.processes import STOP_SIGNALS, Site
from casset_site.runner.runlock import run_lock


def run(arguments: list[str]) -> None:
    """Serve until told to stop. RunnerError when something is in the way."""
    parser = argparse.ArgumentParser(prog="make run")
    parser.add_argument("--no-demo", action="store_true", help="start with an empty site")
    options = parser.parse_args(arguments)
    # The demo's staff account has a public password: into somebody's own database it goes only when asked for.
    usual = "0" if os.environ.get("DATABASE_URL") else "1"
    demo = not options.no_demo and os.environ.get("CASSET_DEMO", usual) != "0"
    data = data_folder()
    address = Address.from_environment()
    for number in STOP_SIGNALS:
        signal.signal(number, _interrupt)
    children.follow_make()
    with run_lock(data, address.url):
        address.claim()
        with EmbeddedServers(data, durable=True) as servers, published(servers.urls, data):
            say("Database and queue are ready")
            environment = child_environment(data, servers.urls)
            asyncio.run(Site(servers, environment, address, data, demo=demo).serve())
    say("Everything has stopped")


def data_folder() -> Path:
    """CASSET_DATA_DIR or `.casset`, made if need be."""
    folder = Path(os.environ.get("CASSET_DATA_DIR") or ROOT / ".casset").absolute()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def child_environment(data: Path, urls: dict[str, str]) -> dict[str, str]:
    settings = os.environ.get("DJANGO_SETTINGS_MODULE") or "casset_site.settings.local"
    ours = {"PYTHONUNBUFFERED": "1", "DJANGO_SETTINGS_MODULE": settings, "CASSET_DATA_DIR": str(data)}
    return {**os.environ, **ours, **urls}


@contextlib.contextmanager
def published(urls: dict[str, str], data: Path) -> Iterator[None]:
    """While the site runs, `manage.py` in another terminal finds its servers by this file."""
    path = data / "services.json"
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps(urls), encoding="utf-8")
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt
