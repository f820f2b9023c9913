"""The waveform and the visualiser's bars."""

import struct

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio.decoder.levels import BANDS, FPS, RATE, Levels


def _tone(hertz: float, seconds: float) -> npt.NDArray[np.int16]:
    wave = 8000 * np.sin(2 * np.pi * hertz * np.arange(int(RATE * seconds)) / RATE)
    return np.array([wave, wave]).astype(np.int16)


def _read(spectrum: bytes) -> npt.NDArray[np.uint8]:
    """(frames, bands), by the description in levels.py."""
    letters, bands, fps, zero, frames = struct.unpack_from("<4sBBHI", spectrum)
    assert (letters, bands, fps, zero) == (b"CSP1", BANDS, FPS, 0)
    assert len(spectrum) == 12 + frames * ((bands + 1) // 2)
    packed = np.frombuffer(spectrum, np.uint8, offset=12).reshape(frames, -1)
    return np.stack([packed & 15, packed >> 4], axis=2).reshape(frames, bands)


def _taken(*parts: npt.NDArray[np.int16]) -> tuple[bytes, bytes]:
    taken = Levels()
    for part in parts:
        taken.add(part)
    return taken.finish()


@pytest.mark.parametrize(("hertz", "band"), [(45, 0), (100, 4), (440, 10), (1000, 14), (9000, 23)])
def test_a_tone_lights_its_band_most(hertz: float, band: int) -> None:
    bars = _read(_taken(_tone(hertz, 2))[1])
    assert int(bars[10].argmax()) == band
    assert bars[10, band] >= 13


def test_there_are_twenty_frames_for_each_begun_second() -> None:
    for seconds, frames in ((0.5, 10), (2, 40), (2.01, 41)):
        assert len(_read(_taken(_tone(300, seconds))[1])) == frames


def test_a_frame_shows_its_own_moment() -> None:
    silence = np.zeros((2, RATE), np.int16)
    bars = _read(_taken(silence, _tone(440, 1), silence)[1]).max(axis=1)
    assert bars[:19].max() == 0
    assert bars[21:39].min() >= 13
    assert bars[42:].max() == 0


def test_a_quiet_track_moves_like_a_loud_one() -> None:
    loud, quiet = _tone(440, 2), _tone(440, 2) // 50
    assert _read(_taken(loud)[1])[10].max() == _read(_taken(quiet)[1])[10].max()


def test_opposite_channels_do_not_cancel() -> None:
    tone = _tone(440, 2)
    tone[1] *= -1
    peaks, spectrum = _taken(tone)
    assert max(peaks) == 255
    assert _read(spectrum)[10].max() >= 13


def test_peaks_follow_the_track() -> None:
    rising = (_tone(1000, 8) * np.linspace(0, 1, RATE * 8)).astype(np.int16)
    peaks = _taken(rising)[0]
    assert len(peaks) == 800
    assert max(peaks) == peaks[-1] == 255
    assert all(abs(peak - 255 * at / 800) < 8 for at, peak in enumerate(peaks))


def test_silence_is_flat() -> None:
    peaks, spectrum = _taken(np.zeros((2, RATE), np.int16))
    assert set(peaks) == {0}
    assert len(_read(spectrum)) == 20


def test_the_loudest_negative_sample_is_loud() -> None:
    lowest = np.full((2, RATE), -32768, np.int16)
    assert set(_taken(lowest)[0]) == {255}


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 70_000), max_size=8))
def test_the_pieces_it_comes_in_make_no_difference(cuts: list[int]) -> None:
    whole = (np.random.default_rng(3).standard_normal((2, 70_000)) * 4000).astype(np.int16)
    pieces = np.split(whole, sorted(cuts), axis=1)
    assert _taken(*pieces) == _taken(whole)
