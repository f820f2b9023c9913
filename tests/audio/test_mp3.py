"""Where MP3 frames begin, whatever stands around them."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio.mp3 import FrameIndex, NotMp3Error, after_id3, declared_samples, parse_header
from tests.audio.decoder.sounds import decoded, id3, mp3, music

APE = b"APETAGEX" + (2000).to_bytes(4, "little") + (32).to_bytes(4, "little") + bytes(16)


@pytest.fixture(scope="module")
def plain() -> bytes:
    return mp3(music(2), bit_rate="128000")[45:]  # without the ID3 tag the muxer writes


@pytest.fixture(scope="module")
def bare(plain: bytes) -> bytes:
    """The same without its Info frame."""
    return plain[FrameIndex.build(plain).offsets[0] :]


@pytest.mark.parametrize(
    ("word", "size", "samples", "rate", "channels", "kbps_and_overhead"),
    [
        (0xFFFB9064, 417, 1152, 44_100, 2, (128, 36)),
        (0xFFFB9264, 418, 1152, 44_100, 2, (128, 36)),
        (0xFFFAB0C4, 626, 1152, 44_100, 1, (192, 23)),
        (0xFFF38064, 208, 576, 22_050, 2, (64, 21)),
        (0xFFE318C4, 72, 576, 8_000, 1, (8, 13)),
    ],
)
def test_a_header_gives_its_frame(
    word: int, size: int, samples: int, rate: int, channels: int, kbps_and_overhead: tuple[int, int]
) -> None:
    header = parse_header(word)
    assert header is not None
    assert (header.size, header.samples, header.sample_rate) == (size, samples, rate)
    assert header.channels == channels
    assert (header.kbps, header.overhead) == kbps_and_overhead


@pytest.mark.parametrize("word", [0, 0xFFFFFFFF, 0xFFFB0064, 0xFFFBF064, 0xFFFB9C64, 0xFFFD9064, 0xFFEB9064])
def test_what_is_no_layer_three_header_gives_none(word: int) -> None:
    assert parse_header(word) is None


def test_the_index_knows_every_frame_and_the_exact_length(plain: bytes) -> None:
    index = FrameIndex.build(plain)
    assert index.total_samples == decoded(plain).shape[1]
    assert index.offsets[-1] == len(plain)
    assert index.declared_frames == index.frames
    assert {stop - start for start, stop in pairwise(index.offsets)} == {417, 418}
    assert declared_samples(plain) == index.total_samples
    assert not index.truncated


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (id3(bytes(70_000)), b""),
        (id3(b"\xff\xfb\x90\x64" * 100), b""),
        (id3(bytes(10), footer=True) + id3(bytes(300)), b""),
        (b"junk\xff\xfb\x90\x64\xff" * 50, b""),
        (b"", b"TAG" + bytes(125)),
        (b"", bytes(2000) + APE + b"TAG" + bytes(125)),
        (b"", b"LYRICSBEGIN" + bytes(900)),
    ],
)
def test_tags_and_junk_around_the_frames_change_nothing(plain: bytes, before: bytes, after: bytes) -> None:
    index, alone = FrameIndex.build(before + plain + after), FrameIndex.build(plain)
    assert list(index.offsets) == [offset + len(before) for offset in alone.offsets]
    assert index.lookback == alone.lookback
    assert (index.delay, index.padding) == (alone.delay, alone.padding)


def test_a_truncated_file_ends_at_its_last_whole_frame_and_says_so(plain: bytes) -> None:
    index = FrameIndex.build(plain[: len(plain) // 2])
    assert index.truncated
    assert len(plain) // 2 - 418 < index.offsets[-1] <= len(plain) // 2


def test_a_file_without_an_info_frame_has_no_delay(bare: bytes) -> None:
    index = FrameIndex.build(bare)
    assert (index.delay, index.padding, index.declared_frames) == (-1, -1, None)
    assert index.total_samples == index.frames * 1152
    assert declared_samples(bare) is None


def test_a_vbri_frame_is_read_and_left_out(bare: bytes) -> None:
    frame = bytearray(bare[:417])
    frame[36:54] = b"VBRI" + bytes(6) + (0).to_bytes(4, "big") + (76).to_bytes(4, "big")
    index = FrameIndex.build(bytes(frame) + bare)
    assert index.offsets[0] == 417
    assert index.declared_frames == 76


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"ID3",
        b"ID3\x04\x00\x00\x80\x00\x00\x00",
        b"#EXTM3U\n" * 100,
        bytes(70_000),
        b"\xff\xfb\x90\x64",
        b"\xff" * 5000,
    ],
)
def test_what_is_no_mp3_is_refused(data: bytes) -> None:
    with pytest.raises(NotMp3Error):
        FrameIndex.build(data)
    assert declared_samples(data) is None


def test_a_path_is_read_like_its_bytes(plain: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(plain)
    assert FrameIndex.from_path(path) == FrameIndex.build(plain)
    path.write_bytes(b"")
    with pytest.raises(NotMp3Error):
        FrameIndex.from_path(path)


def test_a_stored_index_comes_back_and_is_small(plain: bytes) -> None:
    index = FrameIndex.build(plain)
    stored = index.to_bytes()
    back = FrameIndex.from_bytes(stored)
    assert (back.header, back.offsets, back.lookback) == (index.header, index.offsets, index.lookback)
    assert (back.delay, back.padding) == (index.delay, index.padding)
    assert len(stored) < 300


@pytest.mark.parametrize("stored", [b"", b"rubbish", b"x\x9c\x03\x00\x00\x00\x00\x01"])
def test_a_damaged_stored_index_is_refused(stored: bytes) -> None:
    with pytest.raises(NotMp3Error):
        FrameIndex.from_bytes(stored)


@given(st.binary(max_size=3000))
def test_no_bytes_make_the_reader_fail_otherwise(data: bytes) -> None:
    try:
        index = FrameIndex.build(data)
    except NotMp3Error:
        return
    assert index.offsets[-1] <= len(data)


@given(st.integers(0, 2**32 - 1))
def test_every_header_there_is_has_room_for_itself(word: int) -> None:
    header = parse_header(word)
    assert header is None or header.size > header.overhead - header.checksum


@settings(max_examples=50)
@given(st.data())
def test_bytes_changed_anywhere_never_move_a_frame_past_the_end(plain: bytes, data: st.DataObject) -> None:
    damaged = bytearray(plain[:9000])
    for at in data.draw(st.lists(st.integers(0, len(damaged) - 1), max_size=20)):
        damaged[at] = data.draw(st.integers(0, 255))
    try:
        index = FrameIndex.build(damaged)
    except NotMp3Error:
        return
    assert index.offsets[-1] <= len(damaged)
    assert after_id3(damaged) <= index.offsets[0]
