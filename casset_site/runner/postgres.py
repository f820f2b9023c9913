"""A private PostgreSQL as a child process: unix socket only, one database named `casset`."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from casset_site.runner import binaries, children
from casset_site.runner.children import Account
from casset_site.runner.errors import RunnerError

DATABASE = USER = "casset"
START_LIMIT_S = 30.0
COMMON_SETTINGS = (
    "listen_addresses=",
    "max_connections=200",
    # Small shared memory in containers: no query here is worth a second process.
    "max_parallel_workers_per_gather=0",
    "jit=off",
    "log_checkpoints=off",
)
# For data that lives no longer than its test run.
FORGETFUL_SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
READY_LINE = 7  # of postmaster.pid, counted from 0


class PostgresServer:
    """One cluster in `home/postgres`, one server on it."""

    def __init__(self, home: Path, sockets: Path, account: Account | None, *, durable: bool) -> None:
        self.data = home / "postgres"
        self.log = home / "postgres.log"
        self.sockets = sockets
        self.account = account
        self.settings = COMMON_SETTINGS if durable else (*COMMON_SETTINGS, *FORGETFUL_SETTINGS)
        program = binaries.for_account(binaries.postgres_folder() / "postgres", account, home)
        self.programs = program.parent
        self.environment = {
            **os.environ,
            "LC_ALL": "C.UTF-8" if sys.platform == "linux" else "C",
            "TZ": "UTC",
        }
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgresql://{USER}@/{DATABASE}?host={self.sockets}"

    def launch(self) -> None:
        """Start the server; call it from the main thread (`children.die_with_parent` says why)."""
        if not self.data.exists():
            self._create_cluster()
        self._check_cluster()
        _wait_for_predecessor(self.data)
        options = [part for setting in self.settings for part in ("-c", setting)]
        with self.log.open("wb") as log:
            self.process = children.spawn_server(
                [self.programs / "postgres", "-D", self.data, "-k", self.sockets, *options],
                account=self.account,
                log=log,
                death_signal=signal.SIGINT,  # "fast shutdown"
                environment=self.environment,
            )

    def wait_until_ready(self) -> None:
        """As pg_ctl does it: the server writes "ready" into its pid file."""
        deadline = time.monotonic() + START_LIMIT_S
        while not self._is_ready():
            if self.process is None or self.process.poll() is not None or time.monotonic() > deadline:
                said = self.log.read_text(encoding="utf-8", errors="replace")[-1500:]
                raise RunnerError(f"PostgreSQL did not start. Its last words, from {self.log}:\n{said}")
            time.sleep(0.01)

    def stop(self) -> None:
        if self.process:
            children.stop(self.process, (signal.SIGINT, 4.0), (signal.SIGQUIT, 2.0))

    def _is_ready(self) -> bool:
        lines = _pid_file_lines(self.data)
        pid = str(self.process.pid) if self.process else ""
        return len(lines) > READY_LINE and lines[0] == pid and lines[READY_LINE].strip() == "ready"

    def _create_cluster(self) -> None:
        """Make it beside its place and rename it when complete: an interruption leaves nothing half-made."""
        fresh = self.data.with_name("postgres.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        if self.account:
            os.chown(fresh, self.account.uid, self.account.gid)
        locale = "C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8"
        identity = ["-U", USER, "-A", "trust", "-E", "UTF8", f"--locale={locale}"]
        self._run(["initdb", "-D", str(fresh), *identity, "--no-sync"])
        single = ["postgres", "--single", "-F", "-D", str(fresh), "postgres"]
        self._run(single, f"CREATE DATABASE {DATABASE};\n")
        fresh.rename(self.data)

    def _run(self, command: list[str], text: str = "") -> None:
        done = subprocess.run(
            [self.programs / command[0], *command[1:]],
            input=text,
            text=True,
            capture_output=True,
            check=False,
            cwd="/",
            env=self.environment,
            process_group=0,
            preexec_fn=children.die_with_parent(signal.SIGKILL),
            user=self.account.uid if self.account else None,
            group=self.account.gid if self.account else None,
            extra_groups=[] if self.account else None,
        )
        if done.returncode:
            raise RunnerError(f"PostgreSQL's {command[0]} failed:\n{done.stderr or done.stdout}")

    def _check_cluster(self) -> None:
        owner = self.account.uid if self.account else os.geteuid()
        if self.data.stat().st_uid != owner:
            raise RunnerError(
                f"{self.data} belongs to another user. Run as that user, or remove it with `make clean`."
            )
        made_by = (self.data / "PG_VERSION").read_text(encoding="ascii").strip()
        here = binaries.major_version(self.programs)
        if made_by != str(here):
            raise RunnerError(
                f"The data in {self.data} were made by PostgreSQL {made_by}, and this is PostgreSQL {here}. "
                f"Set CASSET_PG_BIN to the programs of the old one, or start anew after `make clean`."
            )


def _pid_file_lines(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def _wait_for_predecessor(data: Path) -> None:
    """A server whose supervisor was killed may still be closing; a dead one's pid may belong to a stranger.

    The caller holds the lock of this data folder, so whatever server still runs on it is an orphan.
    """
    deadline = time.monotonic() + START_LIMIT_S
    while lines := _pid_file_lines(data):
        pid = int(lines[0]) if lines[0].isdigit() else 0
        if not _is_postgres(pid, data):
            (data / "postmaster.pid").unlink(missing_ok=True)
            return
        if time.monotonic() > deadline:
            raise RunnerError(f"Another PostgreSQL (process {pid}) still runs on {data}. Stop it first.")
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGINT)
        time.sleep(0.1)


def _is_postgres(pid: int, data: Path) -> bool:
    """Whether that process is a server on `data`, and not a stranger that got an old number."""
    if sys.platform == "linux":
        try:
            said = Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return False
    else:
        command = ["ps", "-ww", "-o", "args=", "-p", str(pid)]
        said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return "postgres" in said and str(data) in said
