"""The second pass: the one form every track is streamed in, MP3 at 192 kbit/s, 44.1 kHz, stereo.

Without bit reservoir, so that any frame decodes with only its neighbours; already at its final loudness, because
some browsers cannot change the volume. (LAME's delay and padding stand in the Info frame; see audio.mp3.)
"""

import av
from av.container import OutputContainer
from av.filter import Graph

from audio.decoder import graphs
from audio.decoder.measure import Measurement, Progress
from audio.decoder.media import Nameless, Source

TARGET_LUFS = -14.0
CEILING_DBTP = -1.0
MOST_GAIN_DB = 12.0  # more would only lift the noise of a whispered recording
BIT_RATE = 192_000
RATE = 44_100
_ENCODING = {"reservoir": "0", "compression_level": "7"}
_MUXING = {"write_id3v2": "0", "id3v2_version": "0", "write_xing": "1"}


def gain_db(measured: Measurement) -> float:
    """What brings the track to the target without touching the ceiling, in hundredths of a decibel."""
    wanted = min(TARGET_LUFS - measured.loudness_lufs, CEILING_DBTP - measured.true_peak_db, MOST_GAIN_DB)
    return round(wanted, 2)


def encode(source: Source, output: int, gain: float, on_progress: Progress) -> None:
    """Write the rendition to the descriptor `output`, from its start. Raises OSError when it cannot be written."""
    file = Nameless(output)
    try:
        with av.open(file, "w", format="mp3", options=_MUXING) as container:
            _fill(container, source, gain, on_progress)
    except av.error.FFmpegError:
        if file.failure:
            raise file.failure from None
        raise


def _fill(container: OutputContainer, source: Source, gain: float, on_progress: Progress) -> None:
    stream = container.add_stream("libmp3lame", rate=RATE, layout="stereo", options=_ENCODING)
    stream.bit_rate = BIT_RATE
    coder = stream.codec_context
    coder.open()
    graph: Graph | None = None
    for frame in source.frames():
        if graph is None:
            shape = f"sample_fmts={coder.format.name}:sample_rates={RATE}"
            graph = graphs.stereo(source, ("volume", f"{gain:.2f}dB:precision=float"), ("aformat", shape))
            graph.set_audio_frame_size(coder.frame_size)
        for part in graphs.push(graph, frame):
            container.mux(stream.encode(part))
        on_progress(source.fraction)
    if graph is not None:
        for part in graphs.push(graph, None):
            container.mux(stream.encode(part))
    container.mux(stream.encode(None))
