"""`make lint`, `make lock` and `make setup`."""

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from casset_site.runner.console import say, write
from casset_site.runner.errors import RunnerError
from casset_site.runner.preparation import ROOT

BIN = Path(sys.executable).parent
CHECKS: dict[str, list[str]] = {
    "mypy": [sys.executable, "-m", "mypy"],
    "ruff check": [str(BIN / "ruff"), "check", "."],
    "ruff format": [str(BIN / "ruff"), "format", "--check", "."],
    "import-linter": [str(BIN / "lint-imports")],
    "migrations": [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"],
}
# These checks read the settings but need no server; the warning that there is none would mislead.
NO_SERVERS = {
    "DJANGO_SETTINGS_MODULE": "casset_site.settings.test",
    "DATABASE_URL": "postgresql://casset@/casset?host=/nonexistent",
    "REDIS_URL": "unix:///nonexistent/valkey.sock?db=0",
    "PYTHONWARNINGS": "ignore:Got an error checking a consistent migration history:RuntimeWarning",
}


def setup(_arguments: list[str]) -> None:
    """The bootstrap has done it all."""
    say("Everything is installed. Next: make run")


def lint(_arguments: list[str]) -> int:
    """Every check, two at a time; the output of those that fail. 1 when one did."""
    with (
        tempfile.TemporaryDirectory(prefix="casset-lint-") as files,
        ThreadPoolExecutor(max_workers=2) as pool,
    ):
        environment = {**os.environ, **NO_SERVERS, "TMPDIR": files}
        passed = list(pool.map(lambda name: _check(name, environment), CHECKS))
    return 0 if all(passed) else 1


def _check(name: str, environment: dict[str, str]) -> bool:
    began = time.monotonic()
    command = CHECKS[name]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    passed = done.returncode == 0
    say(
        f"{name} {'passed' if passed else 'FAILED'} ({time.monotonic() - began:.1f} s)",
        "casset" if passed else "problem",
    )
    if not passed:
        write(f"{done.stdout}{done.stderr}\n")
    return passed


def lock(arguments: list[str]) -> None:
    """Write the lock files anew; versions stay unless `--upgrade` or `--upgrade-package` say otherwise."""
    flags = [
        "--universal",
        "--python-version",
        "3.11",
        "--generate-hashes",
        "--no-emit-index-url",
        "--no-header",
        "-q",
    ]
    compile_lock = [
        str(BIN / "uv"),
        "pip",
        "compile",
        *flags,
        *arguments,
        "pyproject.toml",
        "--extra",
        "embedded",
    ]
    development = ["--extra", "dev", "-o", "requirements-dev.lock"]
    runtime = ["-c", "requirements-dev.lock", "-o", "requirements.lock"]
    for rest in (development, runtime):
        if subprocess.run([*compile_lock, *rest], cwd=ROOT, check=False).returncode:
            raise RunnerError("The lock could not be made; uv says why above.")
    say("requirements.lock and requirements-dev.lock are up to date")
