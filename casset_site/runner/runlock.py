"""One site at a time on one data folder."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from casset_site.runner.errors import RunnerError


@contextlib.contextmanager
def run_lock(data: Path, url: str) -> Iterator[None]:
    """Held by the kernel for this process only, so that a killed one leaves no lock behind."""
    with (data / "run.lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise RunnerError(
                f"Casset is already running here ({lock.read().strip() or 'just starting'}). "
                "Stop it with Ctrl-C in its terminal; to run a second site beside it, "
                "give that one its own CASSET_DATA_DIR and PORT."
            ) from None
        lock.truncate(0)
        lock.write(f"process {os.getpid()}, {url}")
        lock.flush()
        yield
