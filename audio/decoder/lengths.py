"""Whether a file holds as much sound as it says. FFmpeg itself plays what is there and says nothing."""

import mmap
import os
import struct

import av

from audio.decoder.media import Source
from audio.decoder.refusals import Rejected
from audio.mp3 import after_id3, declared_samples

_MOST_DEVIATION = 0.05  # of the declared length
_LEAST_DEVIATION_S = 0.2  # encoders' delays
_UNKNOWN_WAV_SIZE = 0xFFFFFF00  # and above: a recorder that never came back to write the length
_BAD_PACKETS_OF_A_CUT = 3  # at most: a file that only ends too early is whole until then
_LARGEST_PAGE = 27 + 255 + 255 * 255  # bytes, of Ogg


def check(source: Source) -> None:
    """After the whole source was heard. Raises Rejected when more than a twentieth is missing or too much."""
    if source.form == "ogg" and _ends_inside_ogg_page(source.fd, source.size):
        raise Rejected("cut_off", heard=source.seconds)
    if source.form == "aac" and _ends_inside_adts_frame(source.fd, source.size):
        raise Rejected("cut_off", heard=source.seconds)
    declared, heard = _declared_seconds(source), source.seconds
    if declared is None or abs(declared - heard) <= max(_LEAST_DEVIATION_S, _MOST_DEVIATION * declared):
        return
    if source.bad_packets > _BAD_PACKETS_OF_A_CUT:
        raise Rejected("too_corrupt")
    raise Rejected("truncated" if heard < declared else "wrong_length", heard=heard, declared=declared)


def _declared_seconds(source: Source) -> float | None:
    """What the file itself says; None where FFmpeg would only guess from the bitrate."""
    if source.form == "aac":
        return None
    if source.form == "mp3":
        samples = _declared_mp3_samples(source.fd, source.size)
        return samples / source.rate if samples else None
    if source.form == "wav":
        return _declared_wav_seconds(source.fd, source.size)
    duration = source.container.duration
    return duration / av.time_base if duration else None


def _declared_mp3_samples(fd: int, size: int) -> int | None:
    try:
        with mmap.mmap(fd, size, access=mmap.ACCESS_READ) as whole:
            return declared_samples(whole)
    except (OSError, ValueError):  # larger than the address space allowed
        return None


def _declared_wav_seconds(fd: int, size: int) -> float | None:
    """From the chunks of a RIFF file: length of `data` by the byte rate of `fmt `."""
    at, byte_rate = 12, 0
    while at < size and len(head := os.pread(fd, 8, at)) == 8:
        name, length = struct.unpack("<4sI", head)
        if name == b"fmt ":
            byte_rate = int.from_bytes(os.pread(fd, 4, at + 16), "little")
        elif name == b"data":
            known = byte_rate and 0 < length < _UNKNOWN_WAV_SIZE
            return length / byte_rate if known else None
        at += 8 + length + length % 2
    return None


def _ends_inside_ogg_page(fd: int, size: int) -> bool:
    tail = os.pread(fd, _LARGEST_PAGE, max(0, size - _LARGEST_PAGE))
    page = tail[tail.rfind(b"OggS") :]
    segments = page[26] if len(page) > 26 else 255
    return len(page) < 27 + segments + sum(page[27 : 27 + segments])


def _ends_inside_adts_frame(fd: int, size: int) -> bool:
    try:
        with mmap.mmap(fd, size, access=mmap.ACCESS_READ) as whole:
            at = after_id3(whole)
            while at + 7 <= size and whole[at] == 0xFF and whole[at + 1] & 0xF6 == 0xF0:
                frame = (whole[at + 3] & 3) << 11 | whole[at + 4] << 3 | whole[at + 5] >> 5
                at += max(7, frame)
    except (OSError, ValueError):
        return False
    return at > size
