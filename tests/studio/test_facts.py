"""What a source file is, in words."""

import pytest

from studio.facts import source


@pytest.mark.parametrize(
    ("measured", "words"),
    [
        (("pcm_s16le", 44_100, 2), "16-bit PCM, 44.1 kHz, stereo"),
        (("pcm_f32be", 96_000, 1), "32-bit float PCM, 96 kHz, mono"),
        (("flac", 48_000, 6), "FLAC, 48 kHz, 6 channels"),
        (("vorbis", 22_050, None), "Ogg Vorbis, 22.05 kHz"),
        (("", None, None), ""),
    ],
)
def test_a_source_is_told_in_words(measured: tuple[str, int | None, int | None], words: str) -> None:
    assert source(*measured) == words
