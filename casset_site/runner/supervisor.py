"""Children in one terminal: prefixed output, restart with back-off, stop in order."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

from casset_site.runner import children
from casset_site.runner.console import relay_line, say
from casset_site.runner.errors import RunnerError

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 10.0
HEALTHY_AFTER_S = 30.0  # a child that lived this long starts again without a grown pause
CHUNK_BYTES = 64 * 1024


@dataclass(frozen=True)
class Program:
    """What to run. `patience_s`: how long it may take to stop before it is killed."""

    name: str
    command: list[str]
    patience_s: float = 2.0


@dataclass
class Child:
    """One program kept running until `stop`."""

    program: Program
    environment: dict[str, str]
    first_pause_s: float = FIRST_PAUSE_S
    starts: int = 0
    process: asyncio.subprocess.Process | None = None
    keeper: "asyncio.Task[None] | None" = None
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _spawning: asyncio.Lock = field(default_factory=asyncio.Lock)

    def start(self) -> None:
        self.keeper = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        """Ask, wait, kill; what it left in its process group is killed too."""
        self._stopping.set()
        async with self._spawning:  # it may be running already while we do not know its process yet
            pass
        if self.process and self.process.returncode is None:
            self.process.terminate()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.process.wait(), self.program.patience_s)
        self.kill()
        if self.keeper:
            await self.keeper

    def kill(self) -> None:
        self._stopping.set()
        if self.process:
            kill_group(self.process.pid)

    async def _keep(self) -> None:
        pause = self.first_pause_s
        while not self._stopping.is_set():
            began = time.monotonic()
            self.starts += 1
            status = await self._run_once()
            if self._stopping.is_set():
                return
            pause = self.first_pause_s if time.monotonic() - began > HEALTHY_AFTER_S else pause
            say(f"{self.program.name} ended ({ending(status)}); starting it again in {pause:g} s", "problem")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)
            pause = min(pause * 2, LONGEST_PAUSE_S)

    async def _run_once(self) -> int:
        async with self._spawning:
            self.process = process = await spawn(self.program, self.environment)
        output = asyncio.create_task(relay_output(self.program.name, process))
        status = await process.wait()
        kill_group(process.pid)
        # A grandchild in another group may hold the pipe open: take what is there and go on.
        await asyncio.wait([output], timeout=0.5)
        output.cancel()
        return status


async def spawn(program: Program, environment: dict[str, str]) -> asyncio.subprocess.Process:
    """In its own process group: Ctrl-C comes to us alone, and we decide the order."""
    return await asyncio.create_subprocess_exec(
        *program.command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=environment,
        process_group=0,
        preexec_fn=children.die_with_parent(signal.SIGKILL),
    )


async def relay_output(name: str, process: asyncio.subprocess.Process) -> None:
    """Print whole lines, and at the end what has no newline."""
    assert process.stdout is not None
    rest = b""
    while chunk := await process.stdout.read(CHUNK_BYTES):
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            relay_line(name, line.decode(errors="replace").rstrip("\r"))
    if rest:
        relay_line(name, rest.decode(errors="replace"))


async def run_to_end(program: Program, environment: dict[str, str]) -> None:
    """Run a step that has to succeed; RunnerError when it does not. Cancelling kills it."""
    process = await spawn(program, environment)
    try:
        await relay_output(program.name, process)
        status = await process.wait()
    except asyncio.CancelledError:
        kill_group(process.pid)
        await process.wait()
        raise
    if status:
        raise RunnerError(f"{program.name} failed ({ending(status)}); its message is above.")


async def together(*work: Coroutine[Any, Any, None]) -> None:
    """Side by side; the first error cancels the others and is raised as itself, not in a group."""
    try:
        async with asyncio.TaskGroup() as group:
            for coroutine in work:
                group.create_task(coroutine)
    except BaseExceptionGroup as several:
        raise several.exceptions[0] from None


async def stop_in_order(stages: list[list[Child]]) -> None:
    """Each stage together, one stage after the other."""
    for stage in stages:
        await asyncio.gather(*(child.stop() for child in stage))


def kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def ending(status: int) -> str:
    """An exit status in words."""
    if status >= 0:
        return f"exit status {status}"
    with contextlib.suppress(ValueError):
        return signal.Signals(-status).name
    return f"signal {-status}"
