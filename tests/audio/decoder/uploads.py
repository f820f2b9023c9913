"""Decoding bytes as if they had been uploaded."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass

from audio.decoder import run


@dataclass(frozen=True)
class Heard:
    decoded: run.Decoded
    rendition: bytes
    spectrum: bytes


def decode(
    upload: bytes, limits: run.Limits | None = None, on_progress: Callable[[int], None] | None = None
) -> Heard:
    with (
        tempfile.TemporaryFile() as source,
        tempfile.TemporaryFile() as output,
        tempfile.TemporaryFile() as spectrum,
    ):
        source.write(upload)
        source.flush()
        decoded = run.decode(source, output, spectrum, limits=limits or run.Limits(), on_progress=on_progress)
        return Heard(decoded, output.read(), spectrum.read())


def outcome(upload: bytes, limits: run.Limits | None = None) -> str:
    """The code of the refusal, or nothing."""
    try:
        decode(upload, limits)
    except run.Rejected as refusal:
        return refusal.code
    return ""
