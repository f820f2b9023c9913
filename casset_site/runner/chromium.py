"""The browser of the browser tests: found, installed where that is possible, never silently missing."""

import os
import shutil
import subprocess
from pathlib import Path

from casset_site.runner.console import say
from casset_site.runner.errors import RunnerError

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
APPLICATIONS = (
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
)
ADVICE = (
    "The browser tests need Chromium. Install it (Debian: apt-get install chromium; macOS: brew install "
    "--cask chromium), or set CASSET_CHROMIUM to the program. Without it: make test ARGS=\"-m 'not browser "
    "and not bench'\""
)


def find() -> Path | None:
    """CASSET_CHROMIUM, which then must exist, or the first browser of the machine."""
    if named := os.environ.get("CASSET_CHROMIUM"):
        if not shutil.which(named):
            raise RunnerError(f"CASSET_CHROMIUM is {named}, but there is no such program.")
        return Path(named)
    found = [Path(path) for name in NAMES if (path := shutil.which(name))]
    return next(iter([*found, *(path for path in APPLICATIONS if path.exists())]), None)


def ensure() -> Path:
    """A browser that starts. Installs Debian's where we may; RunnerError with advice otherwise."""
    program = find()
    if program is None and os.geteuid() == 0 and shutil.which("apt-get"):
        _install_from_debian()
        program = find()
    if program is None or not _starts(program):
        raise RunnerError(ADVICE)
    return program


def _install_from_debian() -> None:
    say("Installing Chromium for the browser tests")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "chromium"]):
        subprocess.run(["apt-get", *command], check=False, env=environment, stdin=subprocess.DEVNULL)


def _starts(program: Path) -> bool:
    try:
        return (
            subprocess.run([program, "--version"], capture_output=True, check=False, timeout=60).returncode
            == 0
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
