"""A file is what its first bytes say."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.decoder.sniff import sniff
from tests.audio.decoder.sounds import encoded, id3, mp3, music


def _sniffed(file: bytes) -> str | None:
    return sniff(lambda count, position: io.BytesIO(file[position:]).read(count))


ADTS = b"\xff\xf1\x50\x80\x01\x7f\xfc" + bytes(4)


@pytest.mark.parametrize(
    ("head", "form"),
    [
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "wav"),
        (b"RF64\xff\xff\xff\xffWAVEds64", "wav"),
        (b"RIFF\x00\x00\x00\x00AVI LIST", None),
        (b"FORM\x00\x00\x00\x00AIFFCOMM", "aiff"),
        (b"FORM\x00\x00\x00\x00AIFCFVER", "aiff"),
        (b"FORM\x00\x00\x00\x008SVXVHDR", None),
        (b"\x00\x00\x00\x20ftypM4A \x00\x00\x00\x00", "mov"),
        (b"fLaC\x00\x00\x00\x22", "flac"),
        (b"OggS\x00\x02", "ogg"),
        (ADTS + ADTS, "aac"),
        (ADTS + b"\x00\x00", None),
        (b"\xff\xfb\x90\x64" + bytes(413) + b"\xff\xfb\x90\x64", "mp3"),
        (b"\xff\xfb\x90\x64" + bytes(1000), None),
        (b"#EXTM3U\n", None),
        (b"ffconcat version 1.0\n", None),
        (b"\x1aE\xdf\xa3", None),
        (b"ID3", None),
        (b"", None),
        (id3(b"x" * 500) + b"fLaC", "flac"),
        (id3(b"x" * 500, footer=True) + id3(b"y" * 9) + ADTS + ADTS, "aac"),
        (id3(b"x" * 500) + b"OggS", None),
        (id3(b"x" * 500) + b"#EXTM3U", None),
    ],
)
def test_the_first_bytes_decide(head: bytes, form: str | None) -> None:
    assert _sniffed(head) == form


def test_real_files_are_known() -> None:
    sound = music(0.5)
    assert _sniffed(mp3(sound)) == "mp3"
    assert _sniffed(encoded(sound, "adts", "aac")) == "aac"
    assert _sniffed(encoded(sound, "ipod", "aac")) == "mov"
    assert _sniffed(encoded(sound, "wav", "pcm_s24le")) == "wav"


@given(st.binary(max_size=200))
def test_no_bytes_make_it_fail(head: bytes) -> None:
    for file in (head, b"\xff" + head, id3(head) + head):
        assert _sniffed(file) in {None, "aac", "aiff", "flac", "mov", "mp3", "ogg", "wav"}
