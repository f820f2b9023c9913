"""Decode an upload in a process of its own that can reach nothing, and believe none of its words unchecked."""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

from audio.decoder import answers
from audio.decoder.answers import Answer, Decoded, DecoderCrashed
from audio.decoder.limits import Limits
from audio.decoder.refusals import Rejected

__all__ = ["Decoded", "DecoderCrashed", "DecoderUnavailable", "Limits", "Rejected", "decode"]

Process = subprocess.Popen[bytes]
Progress = Callable[[int], None]

DEFAULT_LIMITS = Limits()
_ROOT = Path(__file__).resolve().parents[2]
_START = "import sys; sys.path.append(sys.argv[1]); from audio.decoder.worker import main; main(sys.argv[2])"
_ENVIRONMENT = {"LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
_MOST_SAID = 64 * 1024  # bytes of JSON in a whole run


class DecoderUnavailable(Exception):
    """A required wall does not stand on this machine. The text is for its operator."""


def decode(
    source: BinaryIO,
    output: BinaryIO,
    spectrum: BinaryIO,
    *,
    limits: Limits = DEFAULT_LIMITS,
    on_progress: Progress | None = None,
) -> Decoded:
    """Decode `source` into `output` (the MP3 rendition) and `spectrum` (see levels): real files, the last two empty.

    They are at their start afterwards, and worthless unless this returns. `on_progress` gets percentages twice a
    second at most; what it raises stops the work and is passed on.
    Raises Rejected (the file's fault), DecoderCrashed (worth another try) or DecoderUnavailable (this machine's).
    """
    files = {"source": source.fileno(), "output": output.fileno(), "spectrum": spectrum.fileno()}
    with tempfile.TemporaryFile() as errors:
        process = _start(files, limits, errors)
        try:
            last = _listen(process, limits, on_progress)
        finally:
            _kill(process)
        _explain_death(process.returncode, errors)
    decoded = _verdict(last, limits)
    for file in (output, spectrum):
        file.seek(0)
        if not 0 < os.fstat(file.fileno()).st_size <= limits.output_bytes:
            raise DecoderCrashed("a file it should have written has an impossible size")
    return decoded


def _start(files: dict[str, int], limits: Limits, errors: BinaryIO) -> Process:
    asked = {**files, "limits": {**asdict(limits), "required_walls": sorted(limits.required_walls)}}
    return subprocess.Popen(
        [sys.executable, "-I", "-c", _START, str(_ROOT), json.dumps(asked)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=errors,
        pass_fds=tuple(files.values()),
        env=_ENVIRONMENT,
        cwd="/",
        start_new_session=True,
    )


def _listen(process: Process, limits: Limits, on_progress: Progress | None) -> Answer:
    """Pass progress on until the process ends; returns what it said last."""
    last: Answer = {}
    for line in _lines(process, time.monotonic() + limits.wall_seconds):
        last = answers.parse(line)
        if on_progress and "progress" in last:
            on_progress(int(answers.number(last, "progress", 0, 100)))
    return last


def _lines(process: Process, deadline: float) -> Iterator[bytes]:
    """Whole lines as they come, until the process has ended. Raises Rejected when time is up."""
    assert process.stdout is not None
    poll = select.poll()
    poll.register(process.stdout)
    said, unfinished = 0, b""
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not poll.poll(1000 * left):
            raise Rejected("timeout")
        chunk = os.read(process.stdout.fileno(), 4096)
        if not chunk:
            break
        said += len(chunk)
        if said > _MOST_SAID:
            raise DecoderCrashed("it said too much")
        *lines, unfinished = (unfinished + chunk).split(b"\n")
        yield from lines
    try:
        process.wait(max(0.1, deadline - time.monotonic()))
    except subprocess.TimeoutExpired as error:
        raise Rejected("timeout") from error


def _kill(process: Process) -> None:
    """End it and whatever it may have started, and close our end."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdout:
        process.stdout.close()


def _explain_death(status: int, errors: BinaryIO) -> None:
    """Nothing when it ended by itself; otherwise raise what its exit status means."""
    if status == 0:
        return
    if status == -signal.SIGXCPU:
        raise Rejected("too_complex")
    size = errors.seek(0, os.SEEK_END)
    errors.seek(max(0, size - 2000))
    raise DecoderCrashed(f"it ended with status {status}: {errors.read(2000).decode(errors='replace')}")


def _verdict(last: Answer, limits: Limits) -> Decoded:
    if "missing" in last:
        raise DecoderUnavailable(f"Walls that do not stand here: {', '.join(map(str, last['missing']))}.")
    if "rejected" in last:
        raise answers.rejection(last)
    done = last.get("done")
    if not isinstance(done, dict):
        raise DecoderCrashed("it ended without a verdict")
    return answers.decoded(done, limits)
