"""An uploaded file opened with everything forbidden that one kind of music file does not need."""

import os
from collections.abc import Iterator
from types import TracebackType
from typing import Self

import av
from av.audio.stream import AudioStream
from av.stream import Stream

from audio.decoder.limits import Limits
from audio.decoder.refusals import Rejected

_PCM = ("u8", "s8", "s16le", "s24le", "s32le", "f32le", "f64le", "s16be", "s24be", "s32be", "f32be", "f64be")
CODECS = frozenset(
    {"aac", "alac", "flac", "mp3", "mp3float", "opus", "libopus", "vorbis", "pcm_alaw", "pcm_mulaw"}
    | {f"pcm_{layout}" for layout in _PCM}
)
OPTIONS = {
    "protocol_whitelist": "none",
    "format_whitelist": "mp3,flac,ogg,wav,aiff,mov,mp4,m4a,aac",
    "codec_whitelist": ",".join(sorted(CODECS)),
    "max_streams": "16",
    "probesize": "2000000",
    "analyzeduration": "5000000",
}
_MOST_BAD_PACKETS = 50


class Nameless:
    """A file object without a name: FFmpeg chooses formats and protocols by the name it is shown.

    `failure` keeps what went wrong in writing, which FFmpeg's own error would hide.
    """

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self.failure: OSError | None = None

    def read(self, count: int) -> bytes:
        return os.read(self.fd, count)

    def write(self, data: bytes) -> int:
        written = 0
        try:
            while written < len(data):
                written += os.write(self.fd, data[written:])
        except OSError as error:
            self.failure = error
            raise
        return written

    def seek(self, offset: int, whence: int = 0) -> int:
        return os.lseek(self.fd, offset, whence)

    def tell(self) -> int:
        return os.lseek(self.fd, 0, os.SEEK_CUR)


class Source:
    """The sound of one file, frame by frame, checked as it comes. A context manager; raises Rejected.

    `samples` and `bad_packets` count what `frames` has gone through. Read it once.
    """

    def __init__(self, fd: int, form: str, limits: Limits) -> None:
        os.lseek(fd, 0, os.SEEK_SET)
        self.fd = fd
        self.form = form
        self.limits = limits
        self.size = os.fstat(fd).st_size
        self.samples = self.bad_packets = self.cover_bytes = 0
        self.rate = self.channels = 0
        self.sample_format = self.layout = ""
        options = {**OPTIONS, "enable_drefs": "0"} if form == "mov" else OPTIONS
        self.container = av.open(
            Nameless(fd), "r", format=form, options=dict(options), metadata_errors="replace"
        )
        try:
            self.stream = self._choose()
        except Rejected:
            self.container.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.container.close()

    @property
    def codec(self) -> str:
        return self.stream.codec_context.name

    @property
    def seconds(self) -> float:
        return self.samples / self.rate if self.rate else 0.0

    @property
    def fraction(self) -> float:
        """How much of the file has been read, 0 to 1."""
        return min(1.0, os.lseek(self.fd, 0, os.SEEK_CUR) / self.size) if self.size else 1.0

    def frames(self) -> Iterator[av.AudioFrame]:
        pictures = [
            stream
            for stream in self.container.streams.video
            if stream.disposition & av.stream.Disposition.attached_pic
        ]
        for packet in self.container.demux(self.stream, *pictures):
            if packet.stream.index != self.stream.index:
                self.cover_bytes = max(self.cover_bytes, packet.size)
                continue
            for frame in self._decode(packet):
                self._check(frame)
                yield frame

    def _choose(self) -> AudioStream:
        if not self.container.streams.audio:
            raise Rejected("no_audio")
        stream = self.container.streams.audio[0]
        if stream.codec_context.name not in CODECS:
            raise Rejected("unsupported_codec")
        if not 8000 <= (stream.rate or 0) <= 192_000:
            raise Rejected("bad_rate")
        if not 1 <= stream.channels <= 8:
            raise Rejected("bad_channels")
        stream.codec_context.thread_count = 1
        return stream

    def _decode(self, packet: "av.Packet[Stream]") -> list[av.AudioFrame]:
        try:
            return [frame for frame in self.stream.decode(packet) if frame.samples]
        except av.error.InvalidDataError as error:
            self.bad_packets += 1
            if self.bad_packets > _MOST_BAD_PACKETS:
                raise Rejected("too_corrupt") from error
            return []

    def _check(self, frame: av.AudioFrame) -> None:
        shape = (frame.sample_rate, frame.layout.nb_channels, frame.format.name)
        if not self.samples:
            self.rate, self.channels, self.sample_format = shape
            self.layout = frame.layout.name
            if not 8000 <= self.rate <= 192_000:
                raise Rejected("bad_rate")
            if not 1 <= self.channels <= 8:
                raise Rejected("bad_channels")
        elif shape != (self.rate, self.channels, self.sample_format):
            raise Rejected("changed_midstream")
        self.samples += frame.samples
        if self.seconds > self.limits.max_seconds:
            raise Rejected("too_long", limit=self.limits.max_seconds)
