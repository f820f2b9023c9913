"""A preview window is exactly the samples asked for, and nothing else."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio import preview
from audio.mp3 import FrameIndex
from tests.audio.decoder.sounds import Sound, decoded, mp3, music


class Rendition:
    def __init__(self, file: bytes) -> None:
        self.file = file
        self.index = FrameIndex.build(file)
        self.full: Sound = decoded(file)

    def cut(self, start: int, length: int) -> bytes:
        return preview.cut(self.index, io.BytesIO(self.file), start, length)


Renditions = dict[str, Rendition]


@pytest.fixture(scope="module")
def renditions() -> Renditions:
    sound = music(6)
    reserved = mp3(sound, bit_rate="128000")
    return {
        "the streaming rendition": Rendition(mp3(sound, bit_rate="192000", reservoir="0")),
        "a constant bitrate with reservoir": Rendition(reserved),
        "a variable bitrate": Rendition(mp3(sound, qscale="0", global_quality="0", flags="+qscale")),
        "half the sample rate, mono": Rendition(mp3(music(6, rate=22_050, channels=1), rate=22_050)),
        "no delay on record": Rendition(reserved[FrameIndex.build(reserved).offsets[0] :]),
    }


KINDS = [
    "the streaming rendition",
    "a constant bitrate with reservoir",
    "a variable bitrate",
    "half the sample rate, mono",
    "no delay on record",
]


def _assert_exact(rendition: Rendition, start: int, length: int) -> None:
    wanted = rendition.full[:, start : start + length]
    heard = decoded(rendition.cut(start, length))
    assert heard.shape == wanted.shape
    assert float(np.abs(heard - wanted).max()) < 1e-6


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("start", [0, 1, 528, 529, 1151, 1152, 1153, 44_100, 100_001])
def test_a_window_decodes_to_the_same_samples_as_the_whole(
    renditions: Renditions, kind: str, start: int
) -> None:
    _assert_exact(renditions[kind], start, 20_000)


@settings(max_examples=60, deadline=None)
@given(kind=st.sampled_from(KINDS), start=st.integers(0, 120_000), length=st.integers(6000, 60_000))
def test_any_window_of_any_rendition_is_exact(
    renditions: Renditions, kind: str, start: int, length: int
) -> None:
    index = renditions[kind].index
    _assert_exact(renditions[kind], start, min(length, index.total_samples - start))


@pytest.mark.parametrize("kind", KINDS)
def test_the_whole_track_is_a_window_too(renditions: Renditions, kind: str) -> None:
    index = renditions[kind].index
    _assert_exact(renditions[kind], 0, index.total_samples)


@pytest.mark.parametrize(
    ("start", "length", "got_start", "got_length"),
    [(-5, 100, 0, 100), (200_000, 10**9, 200_000, None), (0, 10**9, 0, None)],
)
def test_a_window_is_clamped_to_the_track(
    renditions: Renditions, start: int, length: int, got_start: int, got_length: int | None
) -> None:
    index = renditions["the streaming rendition"].index
    planned = preview.window(index, start, length)
    assert planned.start_samples == got_start
    assert planned.length_samples == (got_length or index.total_samples - got_start)


@pytest.mark.parametrize(("start", "length"), [(0, 0), (0, -1), (10**9, 100)])
def test_a_window_without_a_sample_is_refused(renditions: Renditions, start: int, length: int) -> None:
    with pytest.raises(ValueError, match="no sample"):
        preview.window(renditions["a variable bitrate"].index, start, length)


def test_a_rendition_shorter_than_its_index_is_refused(renditions: Renditions) -> None:
    rendition = renditions["the streaming rendition"]
    with pytest.raises(ValueError, match="shorter"):
        preview.cut(rendition.index, io.BytesIO(rendition.file[:50_000]), 60_000, 60_000)


def test_a_window_holds_at_most_three_frames_that_are_not_heard(renditions: Renditions) -> None:
    index = renditions["the streaming rendition"].index
    for start in range(0, 100_000, 777):
        planned = preview.window(index, start, 44_100)
        assert planned.delay <= 3 * 1152
        assert planned.end_byte - planned.first_byte <= (44_100 // 1152 + 4) * 627


@settings(max_examples=50)
@given(data=st.data())
def test_reading_piece_by_piece_gives_the_file(renditions: Renditions, data: st.DataObject) -> None:
    rendition = renditions["a variable bitrate"]
    whole = rendition.cut(30_000, 40_000)
    planned = preview.window(rendition.index, 30_000, 40_000)
    assert planned.size == len(whole)
    start = data.draw(st.integers(0, planned.size))
    stop = data.draw(st.integers(start, planned.size + 10))
    head, at, length = planned.pieces(start, stop)
    assert head + rendition.file[at : at + length] == whole[start:stop]


def test_an_index_from_the_database_cuts_the_same(renditions: Renditions) -> None:
    rendition = renditions["a variable bitrate"]
    stored = FrameIndex.from_bytes(rendition.index.to_bytes())
    assert preview.cut(stored, io.BytesIO(rendition.file), 5, 9000) == rendition.cut(5, 9000)


def test_a_window_is_itself_an_indexable_file(renditions: Renditions) -> None:
    again = FrameIndex.build(renditions["the streaming rendition"].cut(12_345, 44_100))
    assert again.total_samples == 44_100
    assert not again.truncated


@given(st.integers(0, 10**8), st.sampled_from([22_050, 44_100, 48_000]))
def test_milliseconds_survive_the_way_through_samples(milliseconds: int, rate: int) -> None:
    assert preview.to_milliseconds(preview.to_samples(milliseconds, rate), rate) == milliseconds
