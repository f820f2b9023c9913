"""Servers for the test run, started before Django reads its settings (`pytest -p tests.plugin`).

pytest-django reads the settings before any conftest.py, so this cannot live in one. Parallel test processes
share the servers: each has its own test database (pytest-django names it) and its own Redis database.
With DATABASE_URL or REDIS_URL set, those servers are used instead.
"""

import contextlib
import os
import shutil
import signal
import tempfile
from collections.abc import Generator
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import pytest

from casset_site.runner import children
from casset_site.runner.embedded import EmbeddedServers

_cleanup = contextlib.ExitStack()
IN_CI = os.environ.get("CI", "").lower() not in {"", "0", "false"}


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Generator[None, None, None]:
    """Wrappers run first, so that pytest-django finds the addresses in the environment."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        number = int(worker.removeprefix("gw")) + 1
        os.environ["REDIS_URL"] = with_redis_database(os.environ["REDIS_URL"], number)
    else:
        _start_servers()
    return (yield)


def pytest_unconfigure() -> None:
    _cleanup.close()


def _start_servers() -> None:
    """Also gather all temporary files of the run in one folder, which goes when the run ends."""
    folder = Path(tempfile.mkdtemp(prefix="casset-tests-"))
    folder.chmod(0o711)  # servers and confined children may pass, and list nothing
    _cleanup.callback(shutil.rmtree, folder, ignore_errors=True)
    servers = _cleanup.enter_context(EmbeddedServers(folder, durable=False))
    os.environ.update(servers.urls, TMPDIR=str(folder))
    tempfile.tempdir = None
    children.follow_make()
    signal.signal(signal.SIGTERM, _interrupt)


def _interrupt(_number: int, _frame: object) -> None:
    """Asked to end, pytest still reports and the servers still stop."""
    raise KeyboardInterrupt


def with_redis_database(url: str, number: int) -> str:
    """The same server, another of its numbered databases."""
    if not url.startswith("unix:"):
        return urlunsplit(urlsplit(url)._replace(path=f"/{number}"))
    place, _, query = url.partition("?")
    options = {key: values[-1] for key, values in parse_qs(query).items()}
    return f"{place}?{urlencode({**options, 'db': number})}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and nothing may be skipped in CI: {reason(report)}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if IN_CI and report.skipped:
        report.outcome = "failed"
        report.longrepr = (
            f"{collector.nodeid} was skipped, and nothing may be skipped in CI: {reason(report)}"
        )
    return report


def reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    return str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else str(report.longrepr)
