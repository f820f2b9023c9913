"""What a file is, by its first bytes alone: neither its name nor its sender is believed."""

from collections.abc import Callable

from audio.mp3 import parse_header

ReadAt = Callable[[int, int], bytes]  # (count, position), as os.pread without the descriptor

HEAD = 16


def sniff(read_at: ReadAt) -> str | None:
    """The demuxer that must read the file (FFmpeg's name), or None when it is not music we know."""
    at = 0
    head = read_at(HEAD, 0)
    while head[:3] == b"ID3" and len(head) >= 10:  # tags may stand in front of MP3, AAC and FLAC alike
        at += 10 + _syncsafe(head[6:10]) + (10 if head[5] & 0x10 else 0)
        head = read_at(HEAD, at)
    return _frames(head, read_at, at) or (_container(head) if not at or head[:4] == b"fLaC" else None)


def _syncsafe(size: bytes) -> int:
    return sum((byte & 127) << shift for byte, shift in zip(size, (21, 14, 7, 0), strict=True))


def _container(head: bytes) -> str | None:
    if head[:4] in {b"RIFF", b"RF64"} and head[8:12] == b"WAVE":
        return "wav"
    if head[:4] == b"FORM" and head[8:12] in {b"AIFF", b"AIFC"}:
        return "aiff"
    if head[4:8] == b"ftyp":
        return "mov"
    return {b"fLaC": "flac", b"OggS": "ogg"}.get(head[:4])


def _frames(head: bytes, read_at: ReadAt, at: int) -> str | None:
    """Bare frames, by their sync word: ADTS has layer 0, MP3 layer III; two of them in a row."""
    if head[:1] != b"\xff" or len(head) < 7:
        return None
    if head[1] & 0xF6 == 0xF0:
        size = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
        following = read_at(2, at + size)
        return "aac" if size >= 7 and following[:1] == b"\xff" and following[1] & 0xF6 == 0xF0 else None
    header = parse_header(int.from_bytes(head[:4], "big"))
    if header is None:
        return None
    following = read_at(4, at + header.size)
    return "mp3" if parse_header(int.from_bytes(following, "big")) else None
