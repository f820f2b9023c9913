"""Where every frame of an MP3 file begins (MPEG-1, -2 and -2.5, layer III).

Header fields after ISO/IEC 11172-3 section 2.4.1.3 and 13818-3; the Xing, Info and VBRI first frames and
LAME's delay and padding after their authors' descriptions. Positions are bytes from the start of the file.
"""

import mmap
import struct
import zlib
from array import array
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Self

Buffer = bytes | bytearray | mmap.mmap

_BITRATES = {  # kbit/s by MPEG version; versions 2 and 2.5 share theirs
    1: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_SAMPLE_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_SEARCH = 65_536  # bytes of junk tolerated before the first frame
_FIXED_FIELDS = 0xFFFE0C00  # sync, version, layer and sample rate: what never changes inside one stream
_STORED = struct.Struct(">BIIIhh")  # format, header word, first offset, frames, delay, padding
_STORED_FORMAT = 1


class NotMp3Error(ValueError):
    """The bytes hold no layer III stream, or a stored index is damaged."""


@dataclass(frozen=True, slots=True)
class FrameHeader:
    """The four header bytes of one frame, read. Sizes in bytes; `side_info` excludes header and checksum."""

    word: int
    size: int
    samples: int
    sample_rate: int
    channels: int
    kbps: int
    side_info: int
    checksum: int

    @property
    def overhead(self) -> int:
        """Bytes of the frame that carry no main data."""
        return 4 + self.checksum + self.side_info


@lru_cache(maxsize=1024)
def parse_header(word: int) -> FrameHeader | None:
    """Read a big-endian header word. None when it is not a layer III header (free format included)."""
    version, layer = word >> 19 & 3, word >> 17 & 3
    bitrate, rate = word >> 12 & 15, word >> 10 & 3
    if word >> 21 != 0x7FF or version == 1 or layer != 1 or bitrate in {0, 15} or rate == 3:
        return None
    first = version == 3
    mono = word >> 6 & 3 == 3
    kbps = _BITRATES[1 if first else 2][bitrate]
    sample_rate = _SAMPLE_RATES[version][rate]
    samples = 1152 if first else 576
    return FrameHeader(
        word=word,
        size=samples // 8 * kbps * 1000 // sample_rate + (word >> 9 & 1),
        samples=samples,
        sample_rate=sample_rate,
        channels=1 if mono else 2,
        kbps=kbps,
        side_info=(17 if mono else 32) if first else (9 if mono else 17),
        checksum=0 if word >> 16 & 1 else 2,
    )


def header_at(buffer: Buffer, at: int) -> FrameHeader | None:
    word = buffer[at : at + 4]
    return parse_header(int.from_bytes(word, "big")) if len(word) == 4 else None


@dataclass(frozen=True, slots=True)
class InfoTag:
    """What a first frame without sound declares. None = not said. Delay and padding in samples."""

    kind: str
    frames: int | None = None
    delay: int | None = None
    padding: int | None = None


def _read_info(buffer: Buffer, at: int, header: FrameHeader) -> InfoTag | None:
    frame = bytes(buffer[at : at + header.size])
    start = 4 + header.side_info
    if frame[36:40] == b"VBRI":
        return InfoTag("VBRI", frames=int.from_bytes(frame[50:54], "big"))
    if frame[start : start + 4] not in {b"Xing", b"Info"}:
        return None
    flags = int.from_bytes(frame[start + 4 : start + 8], "big")
    frames = int.from_bytes(frame[start + 8 : start + 12], "big") if flags & 1 else None
    lame = start + 8 + sum(size for bit, size in ((1, 4), (2, 4), (4, 100), (8, 4)) if flags & bit)
    delay = padding = None
    if frame[lame : lame + 4] in {b"LAME", b"Lavf", b"Lavc"} and lame + 24 <= len(frame):
        both = int.from_bytes(frame[lame + 21 : lame + 24], "big")
        delay, padding = both >> 12, both & 0xFFF
    return InfoTag(frame[start : start + 4].decode(), frames, delay, padding)


def after_id3(buffer: Buffer) -> int:
    """The position after every ID3v2 tag in front (they may repeat and have a footer)."""
    at = 0
    while buffer[at : at + 3] == b"ID3":
        size = buffer[at + 6 : at + 10]
        if len(size) != 4 or any(byte & 0x80 for byte in size):
            raise NotMp3Error("damaged ID3v2 size")
        footer = 10 if buffer[at + 5] & 0x10 else 0
        at += 10 + (size[0] << 21 | size[1] << 14 | size[2] << 7 | size[3]) + footer
    return at


def _before_tail_tags(buffer: Buffer) -> int:
    end = len(buffer)
    if end >= 128 and buffer[end - 128 : end - 125] == b"TAG":
        end -= 128
    if end >= 32 and buffer[end - 32 : end - 24] == b"APETAGEX":
        size = int.from_bytes(buffer[end - 20 : end - 16], "little")
        with_header = 32 if buffer[end - 9] & 0x80 else 0
        end -= min(end, size + with_header)
    return end


def _is_chain(buffer: Buffer, at: int, end: int) -> bool:
    """Three headers in a row, each where the one before ends (fewer when the file ends exactly there)."""
    for count in range(3):
        header = header_at(buffer, at)
        if header is None:
            return count > 0 and at == end
        at += header.size
    return True


def _first_frame(buffer: Buffer, start: int, end: int) -> int:
    limit = min(end - 4, start + _SEARCH)
    at = buffer.find(b"\xff", start, limit + 1)
    while at >= 0:
        if _is_chain(buffer, at, end):
            return at
        at = buffer.find(b"\xff", at + 1, limit + 1)
    raise NotMp3Error("no layer III frames")


def declared_samples(buffer: Buffer) -> int | None:
    """How long the file says it is, in samples of sound, when its first frame counts the frames."""
    try:
        at = _first_frame(buffer, after_id3(buffer), len(buffer))
    except NotMp3Error:
        return None
    header = header_at(buffer, at)
    info = _read_info(buffer, at, header) if header else None
    if header is None or info is None or not info.frames:
        return None
    return info.frames * header.samples - (info.delay or 0) - (info.padding or 0)


@dataclass(frozen=True, slots=True)
class FrameIndex:
    """Every frame with sound in it, in order. The arrays are read-only by agreement.

    `offsets` has one entry more than there are frames: the end of the last. `lookback[f]` is how many bytes
    of main data frame f borrows from the frames before it (the bit reservoir). `delay` and `padding` are the
    samples to drop at the start and end by LAME's fields, -1 when the file does not say.
    """

    header: FrameHeader
    offsets: "array[int]"
    lookback: "array[int]"
    delay: int = -1
    padding: int = -1
    declared_frames: int | None = None

    @classmethod
    def build(cls, buffer: Buffer) -> Self:
        """Read a file up to the first thing that is no frame of its stream. Raises NotMp3Error."""
        end = _before_tail_tags(buffer)
        at = _first_frame(buffer, after_id3(buffer), end)
        header = header_at(buffer, at)
        if header is None:  # _first_frame has just seen it
            raise NotMp3Error("no layer III frames")
        info = _read_info(buffer, at, header)
        if info:
            at += header.size
        offsets, lookback = _walk(buffer, at, end, header.word & _FIXED_FIELDS)
        if not lookback:
            raise NotMp3Error("no frame with sound")
        info = info or InfoTag("")
        delay, padding = (-1 if value is None else value for value in (info.delay, info.padding))
        return cls(header, offsets, lookback, delay, padding, info.frames)

    @classmethod
    def from_path(cls, path: Path) -> Self:
        with path.open("rb") as file:
            try:
                mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            except ValueError as error:  # an empty file cannot be mapped
                raise NotMp3Error("empty file") from error
            with mapped:
                return cls.build(mapped)

    @property
    def frames(self) -> int:
        return len(self.lookback)

    @property
    def total_samples(self) -> int:
        """Samples of the programme: what a player that honours delay and padding lets through."""
        return max(0, self.frames * self.header.samples - max(0, self.delay) - max(0, self.padding))

    @property
    def sample_rate(self) -> int:
        return self.header.sample_rate

    @property
    def truncated(self) -> bool:
        return self.declared_frames is not None and self.frames < self.declared_frames

    def to_bytes(self) -> bytes:
        """Compact form for a database column; about 100 bytes at a constant bitrate."""
        sizes = [stop - start for start, stop in pairwise(self.offsets)]
        head = _STORED.pack(
            _STORED_FORMAT, self.header.word, self.offsets[0], self.frames, self.delay, self.padding
        )
        return zlib.compress(head + struct.pack(f">{2 * self.frames}H", *sizes, *self.lookback), 9)

    @classmethod
    def from_bytes(cls, stored: bytes) -> Self:
        """Undo `to_bytes` (all but `declared_frames`). Raises NotMp3Error on anything else."""
        try:
            plain = zlib.decompress(stored)
            form, word, first, frames, delay, padding = _STORED.unpack_from(plain)
            values = struct.unpack(f">{2 * frames}H", plain[_STORED.size :])
        except (zlib.error, struct.error) as error:
            raise NotMp3Error("damaged frame index") from error
        header = parse_header(word)
        if form != _STORED_FORMAT or header is None or not frames:
            raise NotMp3Error("damaged frame index")
        offsets = array("I", accumulate(values[:frames], initial=first))
        return cls(header, offsets, array("H", values[frames:]), delay, padding)


def _walk(buffer: Buffer, at: int, end: int, fixed: int) -> tuple["array[int]", "array[int]"]:
    offsets, lookback = array("I"), array("H")
    while at + 4 <= end:
        header = header_at(buffer, at)
        if header is None or header.word & _FIXED_FIELDS != fixed or at + header.size > end:
            break
        side = at + 4 + header.checksum
        # main_data_begin: 9 bits in MPEG-1, 8 in the others
        borrowed = buffer[side] << 1 | buffer[side + 1] >> 7 if header.samples == 1152 else buffer[side]
        offsets.append(at)
        lookback.append(borrowed)
        at += header.size
    offsets.append(at)
    return offsets, lookback
