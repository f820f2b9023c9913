"""Filter graphs over the stereo that will be heard."""

from collections.abc import Iterator
from fractions import Fraction

import av
from av.filter import Graph

from audio.decoder.media import Source

# In floating point: to whole numbers FFmpeg mixes more channels down more quietly, and the level would not be ours.
_STEREO = "sample_fmts=fltp:channel_layouts=stereo"


def stereo(source: Source, *filters: tuple[str, str]) -> Graph:
    """A configured graph from the source's frames through (name, arguments) filters. Needs its first frame read."""
    graph = Graph()
    graph.threads = 1
    buffer = graph.add_abuffer(
        sample_rate=source.rate,
        format=source.sample_format,
        layout=source.layout,
        channels=source.channels,
        time_base=Fraction(1, source.rate),
    )
    chain = [graph.add(name, arguments) for name, arguments in (("aformat", _STEREO), *filters)]
    graph.link_nodes(buffer, *chain, graph.add("abuffersink")).configure()
    return graph


def push(graph: Graph, frame: av.AudioFrame | None) -> Iterator[av.AudioFrame]:
    """Put a frame in, or None after the last; yields what comes out."""
    if frame is not None:
        frame.pts = None  # positions in damaged files jump; samples are counted instead
    graph.push(frame)
    while True:
        try:
            ready = graph.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return
        assert isinstance(ready, av.AudioFrame)
        yield ready
