import asyncio
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from casset_site.runner import supervisor
from casset_site.runner.errors import RunnerError
from casset_site.runner.supervisor import Child, Program, run_to_end, stop_in_order, together

PATIENT = 30.0
POLITE = """
import signal, sys, time
def end(*_):
    open({log!r}, 'a').write('asked '); sys.exit()
signal.signal(signal.SIGTERM, end)
open({log!r}, 'a').write('up ')
time.sleep(60)
"""


def python(name: str, source: str, patience_s: float = PATIENT) -> Program:
    return Program(name, [sys.executable, "-S", "-c", source], patience_s)


def child(program: Program) -> Child:
    return Child(program, {}, first_pause_s=0.01)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENT):
        while not condition():  # noqa: ASYNC110  (what is awaited happens in another process)
            await asyncio.sleep(0.01)


def lines(path: Path) -> list[str]:
    return path.read_text().split() if path.exists() else []


def test_a_crashed_child_is_started_again_and_it_is_said(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "starts"
    crashing = child(python("web", f"open({str(log)!r}, 'a').write('start '); raise SystemExit(3)"))

    async def scenario() -> None:
        crashing.start()
        await until(lambda: len(lines(log)) >= 3)
        await crashing.stop()

    asyncio.run(scenario())
    assert "web ended (exit status 3); starting it again in 0.01 s" in capfd.readouterr().out


def test_a_child_stops_when_asked_and_stays_stopped(tmp_path: Path) -> None:
    log = tmp_path / "log"
    polite = child(python("worker", POLITE.format(log=str(log))))

    async def scenario() -> None:
        polite.start()
        await until(lambda: lines(log) == ["up"])
        await polite.stop()

    asyncio.run(scenario())
    assert lines(log) == ["up", "asked"]
    assert polite.starts == 1


def test_a_child_that_is_stopped_while_it_is_being_started_is_asked_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "log"
    spawn = supervisor.spawn

    async def slowly(program: Program, environment: dict[str, str]) -> asyncio.subprocess.Process:
        process = await spawn(program, environment)
        await until(lambda: lines(log) == ["up"])
        await asyncio.sleep(0.1)
        return process

    monkeypatch.setattr(supervisor, "spawn", slowly)
    polite = child(python("worker", POLITE.format(log=str(log))))

    async def scenario() -> None:
        polite.start()
        await until(lambda: lines(log) == ["up"])
        await asyncio.wait_for(polite.stop(), PATIENT)

    asyncio.run(scenario())
    assert lines(log) == ["up", "asked"]


def test_a_child_that_will_not_stop_is_killed_with_all_it_started(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    source = f"""
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
other = subprocess.Popen([sys.executable, '-S', '-c', 'import time; time.sleep(60)'])
open({str(pids)!r}, 'w').write(f'{{os.getpid()}} {{other.pid}}')
time.sleep(60)
"""
    stubborn = child(python("worker", source, patience_s=0.2))

    async def scenario() -> None:
        stubborn.start()
        await until(lambda: len(lines(pids)) == 2)
        await stubborn.stop()

    asyncio.run(scenario())
    assert stubborn.process is not None
    assert stubborn.process.returncode == -signal.SIGKILL
    assert all_gone([int(pid) for pid in lines(pids)])


def test_stages_stop_one_after_the_other(tmp_path: Path) -> None:
    log = tmp_path / "log"

    def waiting(name: str) -> Child:
        source = f"""
import signal, sys, time
def end(*_):
    time.sleep(0.1); open({str(log)!r}, 'a').write('{name} '); sys.exit()
signal.signal(signal.SIGTERM, end)
open({str(tmp_path / name)!r}, 'w').write('up')
time.sleep(60)
"""
        return child(python(name, source))

    first, second = waiting("first"), waiting("second")

    async def scenario() -> None:
        for each in (second, first):
            each.start()
        await until(lambda: all((tmp_path / name).exists() for name in ("first", "second")))
        await stop_in_order([[first], [second]])

    asyncio.run(scenario())
    assert lines(log) == ["first", "second"]


def test_output_is_shown_line_by_line_with_its_name(capfd: pytest.CaptureFixture[str]) -> None:
    source = "import sys; print('one'); print('x' * 200_000); sys.stderr.write('no newline')"
    asyncio.run(run_to_end(python("beat", source), {}))
    shown = capfd.readouterr().out.splitlines()
    assert shown[0] == "beat     | one"
    assert shown[1] == f"beat     | {'x' * 200_000}"
    assert shown[2] == "beat     | no newline"


def test_a_failed_step_stops_the_steps_beside_it(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    slow = f"import os, time; open({str(pid)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    failing = f"""
import os, time
while not os.path.exists({str(pid)!r}) or not os.path.getsize({str(pid)!r}): time.sleep(0.01)
raise SystemExit(2)
"""
    with pytest.raises(RunnerError, match=r"migrate failed \(exit status 2\)"):
        asyncio.run(
            together(run_to_end(python("slow", slow), {}), run_to_end(python("migrate", failing), {}))
        )
    assert all_gone([int(pid.read_text())])


def all_gone(pids: list[int]) -> bool:
    processes = [psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)]
    return not psutil.wait_procs(processes, timeout=PATIENT)[1]
