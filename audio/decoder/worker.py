"""The confined process: one file in, its rendition and spectrum out, JSON lines on standard output.

Lines: {"progress": percent} now and then, and last {"done": {…}}, {"rejected": code, "facts": {…}} or
{"missing": [walls]}. Started by run.py with nothing but the descriptors it needs.
"""

import contextlib
import errno
import io
import json
import os
import re
import resource
import time
import wave
from dataclasses import asdict, dataclass
from typing import Any

import av
import numpy as np

from audio.decoder import confine, encode, measure, tags
from audio.decoder.limits import Limits
from audio.decoder.media import Source
from audio.decoder.refusals import Rejected
from audio.decoder.sniff import sniff

MEASURING_SHARE = 0.2  # of the work; the rest is encoding
_REPORT_EVERY_S = 0.5


@dataclass(frozen=True, slots=True)
class Job:
    """Open descriptors: the upload, and the two files to write."""

    source: int
    output: int
    spectrum: int
    limits: Limits


def main(arguments: str) -> None:
    """`arguments` is JSON: the descriptors `source`, `output` and `spectrum`, and `limits`."""
    asked = json.loads(arguments)
    limits = Limits(**asked.pop("limits"))
    walls = confine.limit(limits)
    av.logging.set_level(None)
    _rehearse(limits)
    status = os.open("/proc/self/status", os.O_RDONLY)
    walls |= confine.seal()
    missing = set(limits.required_walls) - walls
    if missing:
        _say({"missing": sorted(missing)})
        return
    try:
        done = _process(Job(**asked, limits=limits), _Reporter())
    except Rejected as refusal:
        _say({"rejected": refusal.code, "facts": refusal.facts})
        return
    usage = resource.getrusage(resource.RUSAGE_SELF)
    costs = {"cpu_seconds": usage.ru_utime + usage.ru_stime, "peak_memory_kb": _peak_memory_kb(status)}
    _say({"done": {**done, **costs, "walls": sorted(walls)}})


def _say(line: dict[str, Any]) -> None:
    os.write(1, json.dumps(line).encode() + b"\n")


def _peak_memory_kb(status: int) -> int:
    """From the open status file of this process; getrusage would count its parent's memory at the fork."""
    found = re.search(rb"VmHWM:\s*(\d+) kB", os.pread(status, 4096, 0))
    return int(found[1]) if found else 0


class _Reporter:
    """Turns fractions of one pass into a few lines about the whole."""

    def __init__(self) -> None:
        self._next = time.monotonic() + _REPORT_EVERY_S

    def measuring(self, fraction: float) -> None:
        self._report(fraction * MEASURING_SHARE)

    def encoding(self, fraction: float) -> None:
        self._report(MEASURING_SHARE + fraction * (1 - MEASURING_SHARE))

    def _report(self, whole: float) -> None:
        now = time.monotonic()
        if now >= self._next:
            self._next = now + _REPORT_EVERY_S
            _say({"progress": int(100 * whole)})


def _process(job: Job, reporter: _Reporter) -> dict[str, Any]:
    if not os.fstat(job.source).st_size:
        raise Rejected("empty")
    form = sniff(lambda count, position: os.pread(job.source, count, position))
    if form is None:
        raise Rejected("unknown_format")
    try:
        return _both_passes(job, form, reporter)
    except MemoryError as error:
        raise Rejected("too_large") from error
    except (av.error.FFmpegError, OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EIO}:
            raise  # our disk, not their file
        too_large = isinstance(error, OSError) and error.errno in {errno.EFBIG, errno.ENOMEM}
        raise Rejected("too_large" if too_large else "undecodable") from error


def _both_passes(job: Job, form: str, reporter: _Reporter) -> dict[str, Any]:
    with Source(job.source, form, job.limits) as source:
        measured = measure.measure(source, reporter.measuring)
        words = tags.read({**source.container.metadata, **source.stream.metadata}, source.cover_bytes)
        facts = {
            "form": form,
            "codec": source.codec,
            "sample_rate": source.rate,
            "channels": source.channels,
            "samples": source.samples,
            "bad_packets": source.bad_packets,
        }
    gain = encode.gain_db(measured)
    with Source(job.source, form, job.limits) as source:
        encode.encode(source, job.output, gain, reporter.encoding)
    os.pwrite(job.spectrum, measured.spectrum, 0)
    return facts | {
        "gain_db": gain,
        "loudness_lufs": measured.loudness_lufs,
        "loudness_range_lu": measured.loudness_range_lu,
        "true_peak_db": measured.true_peak_db,
        "peaks": measured.peaks.hex(),
        "tags": asdict(words),
    }


def _rehearse(limits: Limits) -> None:
    """Go through everything once with a tone of our own: what is loaded late must be loaded before the seal."""
    tone = np.sin(np.arange(2 * 44_100) * 0.05) * 9000
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(44_100)
        out.writeframes(tone.astype("<i2").tobytes())
    source, output, spectrum = (os.memfd_create(name) for name in ("source", "output", "spectrum"))
    job = Job(source, output, spectrum, Limits(required_walls=limits.required_walls))
    os.write(source, file.getvalue())
    _process(job, _Reporter())
    for junk in (b"", b"rubbish" * 9, b"fLaC" + bytes(99)):
        os.ftruncate(source, 0)
        os.pwrite(source, junk, 0)
        with contextlib.suppress(Rejected):
            _process(job, _Reporter())
    for descriptor in (source, output, spectrum):
        os.close(descriptor)
