"""`make test` and `make bench`."""

import os
import subprocess
import sys

from casset_site.runner import children, chromium
from casset_site.runner.console import say
from casset_site.runner.preparation import ROOT

PYTEST = [sys.executable, "-m", "pytest", "-p", "tests.plugin"]


def test(arguments: list[str]) -> int:
    """The suite in two processes; `arguments` go to pytest and win over ours."""
    return _pytest(["-n", "2", "--dist", "loadgroup", *arguments], need_browser=_may_need_browser(arguments))


def bench(arguments: list[str]) -> int:
    """The measurements, one after the other so that they do not disturb each other."""
    return _pytest(
        ["-m", "bench", "-s", "-p", "no:xdist", *arguments], need_browser=_may_need_browser(arguments)
    )


def _pytest(arguments: list[str], *, need_browser: bool) -> int:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "casset_site.settings.test"}
    if need_browser:
        environment["CASSET_CHROMIUM"] = str(chromium.ensure())
    children.follow_make()
    say(f"pytest {' '.join(arguments)}")
    return subprocess.run([*PYTEST, *arguments], check=False, cwd=ROOT, env=environment).returncode


def _may_need_browser(arguments: list[str]) -> bool:
    """False only where the selection plainly leaves the browser out."""
    paths = [argument for argument in arguments if argument.startswith("tests/")]
    if paths:
        return any(argument.startswith(("tests/browser", "tests/bench")) for argument in paths)
    return "not browser" not in " ".join(arguments)
