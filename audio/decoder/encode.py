"""The second pass: the one form every track is streamed in, MP3 at 192 kbit/s, 44.1 kHz, stereo.

Without bit reservoir, so that any frame decodes with only its neighbours; already at its final loudness, because
some browsers cannot change the volume. (LAME's delay and padding stand in the Info frame; see audio.mp3.)
"""

from fractions import Fraction

import av
from av.audio.stream import AudioStream
from av.filter import Graph

from audio.decoder.measure import Measurement, Progress, pulled
from audio.decoder.media import Nameless, Source

TARGET_LUFS = -14.0
CEILING_DBTP = -1.0
MOST_GAIN_DB = 12.0  # more would only lift the noise of a whispered recording
BIT_RATE = 192_000
RATE = 44_100


def gain_db(measured: Measurement) -> float:
    """What brings the track to the target without touching the ceiling, in hundredths of a decibel."""
    wanted = min(TARGET_LUFS - measured.loudness_lufs, CEILING_DBTP - measured.true_peak_db, MOST_GAIN_DB)
    return round(wanted, 2)


def encode(source: Source, output: int, gain: float, on_progress: Progress) -> None:
    """Write the rendition to the descriptor `output`, from its start."""
    muxing = {"write_id3v2": "0", "id3v2_version": "0", "write_xing": "1"}
    with av.open(Nameless(output), "w", format="mp3", options=muxing) as container:
        stream = container.add_stream(
            "libmp3lame", rate=RATE, layout="stereo", options={"reservoir": "0", "compression_level": "7"}
        )
        stream.bit_rate = BIT_RATE
        stream.codec_context.open()
        graph: Graph | None = None
        for frame in source.frames():
            graph = graph or _graph(source, stream, gain)
            frame.pts = None
            graph.push(frame)
            _drain(graph, stream, container)
            on_progress(source.fraction)
        if graph is not None:
            graph.push(None)
            _drain(graph, stream, container)
        container.mux(stream.encode(None))


def _drain(graph: Graph, stream: AudioStream, container: av.container.OutputContainer) -> None:
    for frame in pulled(graph):
        container.mux(stream.encode(frame))


def _graph(source: Source, stream: AudioStream, gain: float) -> Graph:
    graph = Graph()
    graph.threads = 1
    coder = stream.codec_context
    buffer = graph.add_abuffer(
        sample_rate=source.rate,
        format=source.sample_format,
        layout=source.layout,
        channels=source.channels,
        time_base=Fraction(1, source.rate),
    )
    volume = graph.add("volume", f"volume={gain:.2f}dB:precision=float")
    shape = graph.add(
        "aformat", f"sample_fmts={coder.format.name}:sample_rates={RATE}:channel_layouts=stereo"
    )
    graph.link_nodes(buffer, volume, shape, graph.add("abuffersink")).configure()
    graph.set_audio_frame_size(coder.frame_size)
    return graph
