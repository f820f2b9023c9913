"""Where the site is served: HOST and PORT."""

import asyncio
import os
import socket
import time
from dataclasses import dataclass

from casset_site.runner.errors import RunnerError

# A predecessor that was killed may need a moment to let go of the port.
CLAIM_LIMIT_S = 3.0
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  (compared with, not bound)


@dataclass(frozen=True)
class Address:
    host: str
    port: int

    @classmethod
    def from_environment(cls) -> "Address":
        port = os.environ.get("PORT") or "8000"
        if not port.isdecimal() or not 0 < int(port) < 65536:
            raise RunnerError(f"PORT must be a number from 1 to 65535, not {port!r}.")
        return cls(os.environ.get("HOST") or "127.0.0.1", int(port))

    @property
    def url(self) -> str:
        host = EVERYWHERE.get(self.host, self.host)
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/"

    def claim(self) -> None:
        """RunnerError, in plain words, when nothing can listen here."""
        deadline = time.monotonic() + CLAIM_LIMIT_S
        while (problem := self._problem()) is not None:
            if time.monotonic() > deadline:
                raise RunnerError(
                    f"Port {self.port} of {self.host} cannot be used ({problem}). "
                    f"Choose another: make run PORT={self.port + 1}"
                )
            time.sleep(0.1)

    async def answers(self) -> bool:
        """Whether /healthz says 200."""
        try:
            return await asyncio.wait_for(self._healthy(), timeout=5.0)
        except (OSError, TimeoutError):
            return False

    async def _healthy(self) -> bool:
        reader, writer = await asyncio.open_connection(EVERYWHERE.get(self.host, self.host), self.port)
        try:
            writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return b" 200 " in await reader.readline()
        finally:
            writer.close()

    def _problem(self) -> str | None:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        try:
            socket.create_server((self.host, self.port), family=family).close()
        except OSError as error:
            return os.strerror(error.errno) if error.errno else str(error)
        return None
