"""Child processes that cannot outlive this one."""

import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1
# Loaded before any fork: a child must not have to import between fork and exec.
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Account:
    """The user a child runs as when we are root: PostgreSQL refuses root, and neither server needs it."""

    uid: int
    gid: int


def account_for(data: Path) -> Account | None:
    """None unless we are root; then whoever owns the data already, else `nobody`."""
    if os.geteuid() != 0:
        return None
    if data.exists() and (owner := data.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def die_with_parent(death_signal: signal.Signals) -> Callable[[], None]:
    """A `preexec_fn`: Linux sends `death_signal` when the forking thread ends, so spawn from the main one.

    subprocess calls it after the change of user, which would clear the setting. Elsewhere than on Linux
    it does nothing.
    """
    parent = os.getpid()

    def arm() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

    return arm


def follow_make() -> None:
    """When `make` itself is killed, be told to stop; a shell's death is left to the hang-up signal."""
    if _libc is not None and os.environ.get("MAKELEVEL"):
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def spawn_server(
    command: list[str | Path],
    *,
    account: Account | None,
    log: IO[bytes],
    death_signal: signal.Signals,
    environment: dict[str, str],
) -> "subprocess.Popen[bytes]":
    """Start a server in its own process group, so that Ctrl-C reaches it only through us."""
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        cwd="/",
        env=environment,
        process_group=0,
        preexec_fn=die_with_parent(death_signal),  # noqa: PLW1509  (arm() takes no lock and imports nothing)
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )


def stop(process: "subprocess.Popen[bytes]", *escalation: tuple[signal.Signals, float]) -> None:
    """Send each signal in turn, giving the process its seconds; whatever remains is killed."""
    for number, seconds in (*escalation, (signal.SIGKILL, 5.0)):
        if process.poll() is not None:
            return
        process.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
