import os
import subprocess
import sys
from pathlib import Path

import pytest

from casset_site.runner.preparation import ROOT
from tests.plugin import with_redis_database

SUITE = """
import os
import pytest

@pytest.mark.skip(reason="no browser here")
def test_marked(): pass

def test_inside(): pytest.skip("not today")

@pytest.mark.xfail(reason="known", strict=True)
def test_expected(): assert False

def test_addresses(): assert os.environ["DATABASE_URL"] and os.environ["REDIS_URL"]
"""


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("unix:///run/valkey.sock?db=0", "unix:///run/valkey.sock?db=3"),
        ("unix:///run/valkey.sock", "unix:///run/valkey.sock?db=3"),
        ("redis://:secret@redis.example:6379/0", "redis://:secret@redis.example:6379/3"),
        ("rediss://redis.example", "rediss://redis.example/3"),
    ],
)
def test_each_process_gets_its_own_redis_database(url: str, expected: str) -> None:
    assert with_redis_database(url, 3) == expected


@pytest.mark.parametrize(
    ("ci", "outcome"),
    [("true", "1 failed, 1 passed, 1 xfailed, 1 error"), ("", "1 passed, 2 skipped, 1 xfailed")],
)
def test_a_skip_fails_in_ci_only(tmp_path: Path, ci: str, outcome: str) -> None:
    (tmp_path / "test_suite.py").write_text(SUITE)
    assert outcome in inner_pytest(tmp_path, CI=ci)


def test_a_skipped_module_fails_in_ci(tmp_path: Path) -> None:
    (tmp_path / "test_suite.py").write_text("import pytest\npytest.importorskip('no_such_module')")
    assert "nothing may be skipped in CI" in inner_pytest(tmp_path, CI="1")


def inner_pytest(folder: Path, **environment: str) -> str:
    """The outer run's servers serve the inner one."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "DJANGO_"))}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "tests.plugin",
        "-p",
        "no:django",
        "-p",
        "no:cacheprovider",
    ]
    done = subprocess.run(
        [*command, "-c", os.devnull, "--rootdir", str(folder), str(folder)],
        cwd=ROOT,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr
