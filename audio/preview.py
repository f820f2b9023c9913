"""A sample-exact window of an MP3 file: one new first frame, then whole frames of the file as they are.

The window's frames start a little before the wanted sample; the delay and padding fields of the new first
frame (Info or Xing, with LAME's extension) make the player drop the surplus, so start and length are exact to
the sample. A player that ignores those fields plays `Window.delay` samples more in front, 4095 at most.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import BinaryIO

from audio.mp3 import FrameHeader, FrameIndex, parse_header

DECODER_DELAY = 529  # samples a layer III decoder adds in front; whoever reads LAME's fields drops these too
_FIELD_MAX = 4095  # delay and padding have 12 bits each
_INFO_SIZE = 156  # bytes of the Xing fields (120) and LAME's extension (36)


@dataclass(frozen=True, slots=True)
class Window:
    """A file that need not exist: `head`, then bytes [first_byte, end_byte) of the rendition."""

    start_samples: int
    length_samples: int
    head: bytes
    first_byte: int
    end_byte: int
    delay: int
    padding: int

    @property
    def size(self) -> int:
        return len(self.head) + self.end_byte - self.first_byte

    def pieces(self, start: int, stop: int) -> tuple[bytes, int, int]:
        """Bytes [start, stop) of the window: (from the head, position in the rendition, bytes there)."""
        head = len(self.head)
        stop = min(stop, self.size)
        return (
            self.head[start:stop],
            self.first_byte + max(0, start - head),
            max(0, stop - max(start, head)),
        )


def to_samples(milliseconds: int, sample_rate: int) -> int:
    return milliseconds * sample_rate // 1000


def to_milliseconds(samples: int, sample_rate: int) -> int:
    """Rounded to the nearest."""
    return (samples * 1000 + sample_rate // 2) // sample_rate


def window(index: FrameIndex, start_samples: int, length_samples: int) -> Window:
    """Plan a window of the programme, clamped to it. Raises ValueError when nothing is left to play."""
    start = max(0, min(start_samples, index.total_samples))
    length = min(length_samples, index.total_samples - start)
    if length <= 0:
        raise ValueError("the window holds no sample of the track")
    # Sample k of the programme leaves the decoder at k + skipped, frame f at f * step.
    skipped = index.delay + DECODER_DELAY if index.delay >= 0 else 0
    step = index.header.samples
    first_out, end_out = start + skipped, start + length + skipped
    first = _first_frame(index, first_out)
    end = min(index.frames, -(-end_out // step))
    # A player always drops DECODER_DELAY, but an untagged file starts sooner: lead with silence.
    silent = 1 if first_out - first * step < DECODER_DELAY else 0
    delay = first_out - (first - silent) * step - DECODER_DELAY
    padding = max(0, min(_FIELD_MAX, end * step - end_out + DECODER_DELAY))
    offsets = [offset - index.offsets[first] for offset in index.offsets[first : end + 1]]
    head = _head(index, offsets, silent, delay << 12 | padding)
    return Window(start, length, head, index.offsets[first], index.offsets[end], delay, padding)


def cut(index: FrameIndex, source: BinaryIO, start_samples: int, length_samples: int) -> bytes:
    """The window as a complete MP3 file. ValueError when `source` is shorter than its index says."""
    planned = window(index, start_samples, length_samples)
    source.seek(planned.first_byte)
    wanted = planned.end_byte - planned.first_byte
    frames = source.read(wanted)
    if len(frames) != wanted:
        raise ValueError("the rendition is shorter than its index")
    return planned.head + frames


def _first_frame(index: FrameIndex, first_out: int) -> int:
    """The frame to start with: two granules before the wanted one, and the frames they borrow main data from.

    One granule settles the overlap-add, one the filter bank's history; MPEG-1 has two in a frame, MPEG-2 one.
    Never so early that the surplus exceeds the delay field; only bitrates under 64 kbit/s come near that.
    """
    wanted = min(first_out // index.header.samples, index.frames - 1)
    warm = max(0, wanted - 1152 // index.header.samples)
    first = warm
    for frame in range(warm, wanted + 1):
        borrowed, lender = index.lookback[frame], frame
        while borrowed > 0 and lender > 0:
            lender -= 1
            borrowed -= index.offsets[lender + 1] - index.offsets[lender] - index.header.overhead
        first = min(first, lender)
    surplus = first_out - DECODER_DELAY - _FIELD_MAX
    return max(first, -(-surplus // index.header.samples))


def _head(index: FrameIndex, offsets: list[int], silent: int, trim: int) -> bytes:
    """The Info frame and, when asked, a frame of silence. `offsets` count from the first kept frame."""
    header = _roomy_header(index.header)
    lead = header.size * (1 + silent)
    size = lead + offsets[-1]
    frames = len(offsets) - 1
    sizes = [stop - start for start, stop in pairwise(offsets)]
    constant = max(sizes) - min(sizes) <= 1  # the padding byte comes and goes
    fields = bytearray(_INFO_SIZE)
    fields[0:4] = b"Info" if constant else b"Xing"
    fields[4:8] = (0b1111).to_bytes(4, "big")  # frames, bytes, seek table and quality follow
    fields[8:12] = (frames + silent).to_bytes(4, "big")
    fields[12:16] = size.to_bytes(4, "big")
    fields[16:116] = bytes((lead + offsets[frames * percent // 100]) * 256 // size for percent in range(100))
    fields[120:129] = b"LAME3.100"
    fields[129] = 1 if constant else 4  # tag revision 0, method CBR or VBR
    fields[140] = min(255, index.header.kbps)
    fields[141:144] = trim.to_bytes(3, "big")
    fields[148:152] = size.to_bytes(4, "big")
    frame = bytearray(header.word.to_bytes(4, "big") + bytes(header.size - 4))
    at = 4 + header.side_info
    frame[at : at + _INFO_SIZE] = fields
    frame[at + 154 : at + 156] = _crc16(frame[: at + 154]).to_bytes(2, "big")
    silence = header.word.to_bytes(4, "big") + bytes(header.size - 4) if silent else b""
    return bytes(frame) + silence


@lru_cache(maxsize=64)
def _roomy_header(header: FrameHeader) -> FrameHeader:
    """The stream's header, unpadded and without checksum, at a bitrate with room for the fields."""
    plain = header.word & ~0x200 | 0x10000
    for bitrate in (header.word >> 12 & 15, *range(1, 15)):
        candidate = parse_header(plain & ~0xF000 | bitrate << 12)
        if candidate and candidate.size >= candidate.overhead + _INFO_SIZE:
            return candidate
    raise AssertionError("every layer III stream has a bitrate with room for 156 bytes")


def _crc16(data: bytes | bytearray) -> int:
    """CRC-16 (reflected 0x8005, from 0), as LAME signs its tag."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
    return crc
