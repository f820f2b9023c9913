"""A private Valkey as a child process: unix socket only, nothing written to disk.

Losing its content is allowed by design: rows are the truth, and what a queue forgot is swept up from them.
"""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

from casset_site.runner import binaries, children
from casset_site.runner.children import Account
from casset_site.runner.errors import RunnerError

START_LIMIT_S = 10.0
DATABASES = 64  # one for each parallel test process


class ValkeyServer:
    def __init__(self, home: Path, sockets: Path, account: Account | None) -> None:
        self.log = home / "valkey.log"
        self.socket = sockets / "valkey.sock"
        self.account = account
        self.program = binaries.for_account(binaries.valkey_program(), account, home)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self.socket}?db=0"

    def launch(self) -> None:
        """Start the server; call it from the main thread (`children.die_with_parent` says why)."""
        self.socket.unlink(missing_ok=True)
        place = ["--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700"]
        memory_only = ["--save", "", "--appendonly", "no", "--databases", str(DATABASES)]
        with self.log.open("wb") as log:
            self.process = children.spawn_server(
                [self.program, *place, *memory_only, "--dir", str(self.socket.parent)],
                account=self.account,
                log=log,
                death_signal=signal.SIGTERM,
                environment=dict(os.environ),
            )

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_LIMIT_S
        while not self._answers():
            if self.process is None or self.process.poll() is not None or time.monotonic() > deadline:
                said = self.log.read_text(encoding="utf-8", errors="replace")[-1500:]
                raise RunnerError(f"Valkey did not start. Its last words, from {self.log}:\n{said}")
            time.sleep(0.01)

    def stop(self) -> None:
        if self.process:
            children.stop(self.process, (signal.SIGTERM, 1.0))

    def _answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(1.0)
                client.connect(str(self.socket))
                client.sendall(b"PING\r\n")
                return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False
