"""The demo's music: the same every time, different from style to style, and fit to be heard."""

import itertools
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.demo.music import SAMPLE_RATE, STYLES, Piece, compose, render, tones
from studio.demo.music.form import Clock, Part, allot
from studio.demo.music.theory import QUALITIES, chord, lead, voicings

SECONDS = 24
ALL = sorted(STYLES)


@cache
def piece(style: str) -> Piece:
    return compose(style, 7, SECONDS)


@cache
def features(style: str) -> tuple[float, ...]:
    """Spectral centroid in octaves, share of bass, flatness, pulse strength, crest factor, stereo width."""
    audio = piece(style).audio.astype(np.float64)
    mono = audio.mean(axis=1)
    frames = np.lib.stride_tricks.sliding_window_view(mono, 2048)[::1024] * np.hanning(2048)
    power = np.abs(np.fft.rfft(frames)) ** 2
    freqs = np.fft.rfftfreq(2048, 1 / SAMPLE_RATE)
    mean = power.mean(axis=0) + 1e-12
    flux = np.maximum(np.diff(np.log1p(power), axis=0), 0).mean(axis=1)
    return (
        float(np.log2((mean @ freqs) / mean.sum())),
        float(mean[freqs < 150].sum() / mean.sum()) * 3,
        float(np.log10(np.exp(np.log(mean).mean()) / mean.mean())),
        float(flux.std() / flux.mean()) * 2,
        float(20 * np.log10(np.abs(mono).max() / np.sqrt((mono**2).mean()))) / 3,
        float(np.corrcoef(audio[:, 0], audio[:, 1])[0, 1]) * 2,
    )


@pytest.mark.parametrize("style", ["chiptune", "piano"])
def test_the_same_seed_gives_the_same_samples(style: str) -> None:
    assert np.array_equal(piece(style).audio, render(style, 7, SECONDS))


def test_another_seed_gives_other_music() -> None:
    assert not np.array_equal(
        piece("chiptune").audio[: 5 * SAMPLE_RATE], render("chiptune", 8, 20)[: 5 * SAMPLE_RATE]
    )


def test_there_are_at_least_eight_styles_and_each_sounds_like_itself() -> None:
    assert len(ALL) >= 8
    table = {style: np.array(features(style)) for style in ALL}
    closest = min(
        float(np.linalg.norm(table[one] - table[other])) for one in ALL for other in ALL if one < other
    )
    assert closest > 0.3


@pytest.mark.parametrize("style", ALL)
def test_levels_are_those_of_a_finished_master(style: str) -> None:
    audio = piece(style).audio
    assert audio.dtype == np.float32 and audio.shape[1] == 2
    assert np.abs(audio).max() == pytest.approx(10 ** (-1 / 20), abs=1e-3)
    assert np.abs(audio.mean(axis=0)).max() < 2e-3
    loudness = 20 * np.log10(np.sqrt((audio.astype(np.float64) ** 2).mean()))
    assert -24 < loudness < -9
    assert np.corrcoef(audio[:, 0], audio[:, 1])[0, 1] > -0.2


@pytest.mark.parametrize("style", ALL)
def test_it_starts_and_ends_in_silence_with_no_long_gap_between(style: str) -> None:
    audio = piece(style).audio
    assert np.abs(audio[0]).max() == 0
    assert np.abs(audio[-64:]).max() < 1e-3
    level = np.abs(audio[: -4 * SAMPLE_RATE]).max(axis=1)
    seconds = level[: len(level) // SAMPLE_RATE * SAMPLE_RATE].reshape(-1, SAMPLE_RATE).max(axis=1)
    assert (seconds > 1e-3).all()


@pytest.mark.parametrize("style", ["ambient", "bossa", "folk", "lofi", "minimal", "piano"])
def test_acoustic_styles_have_no_clicks(style: str) -> None:
    assert np.abs(np.diff(piece(style).audio, axis=0)).max() < 0.6


@pytest.mark.parametrize("style", ALL)
def test_the_length_is_near_what_was_asked_and_sections_lie_inside(style: str) -> None:
    made = compose(style, 3, 50) if style == "chiptune" else piece(style)
    asked = 50 if style == "chiptune" else SECONDS
    length_ms = len(made.audio) * 1000 / SAMPLE_RATE
    assert abs(length_ms / 1000 - asked) < 22
    starts = [start for _, start in made.sections]
    assert starts == sorted(set(starts)) and starts[0] == 0 and starts[-1] < length_ms
    assert made.best_ms in starts[1:]


@pytest.mark.parametrize("style", ["piano", "folk", "bossa", "minimal"])
def test_the_notes_are_those_of_a_key(style: str) -> None:
    """Seven of the twelve pitch classes carry most of the energy."""
    mono = piece(style).audio.mean(axis=1)
    spectrum = np.abs(np.fft.rfft(mono)) ** 2
    freqs = np.fft.rfftfreq(len(mono), 1 / SAMPLE_RATE)
    heard = (freqs > 110) & (freqs < 1200)
    classes = np.round(12 * np.log2(freqs[heard] / 440)).astype(int) % 12
    chroma = np.sort(np.bincount(classes, weights=spectrum[heard], minlength=12))[::-1]
    assert chroma[:7].sum() / chroma.sum() > 0.85


@given(st.integers(1, 8), st.integers(8, 90))
def test_sections_share_the_bars_without_gap_or_overlap(count: int, bars: int) -> None:
    sections = allot([Part(f"part {i}", 1 + i % 3, 0.5) for i in range(count)], bars)
    ends = [section.first_bar + section.bars for section in sections]
    assert [section.first_bar for section in sections] == [0, *ends[:-1]]
    assert all(section.bars >= 2 and section.bars % 2 == 0 for section in sections)
    assert abs(ends[-1] - max(bars, 2 * count)) <= max(4, 2 * count)


@given(st.floats(60, 180), st.floats(0.5, 0.66), st.floats(0, 0.2), st.floats(0, 1.5))
@settings(max_examples=50)
def test_time_never_runs_backwards(tempo: float, swing: float, rubato: float, slowing: float) -> None:
    clock = Clock(tempo, swing, 0.25, rubato, 16, slowing, 64)
    moments = [clock.seconds(beat / 8) for beat in range(64 * 8)]
    assert all(later > earlier for earlier, later in itertools.pairwise(moments))


@given(st.lists(st.sampled_from(sorted(QUALITIES)), min_size=2, max_size=6), st.integers(0, 11))
def test_voices_move_little_and_sing_the_chord(qualities: list[str], shift: int) -> None:
    chords = [chord("CDEFGA"[i % 6] + quality, shift) for i, quality in enumerate(qualities)]
    for wanted, stack in zip(chords, voicings(chords, 52, 74), strict=True):
        assert {pitch % 12 for pitch in stack} == set(wanted.tones)
        assert min(stack) >= 44 and max(stack) <= 82


def test_a_chord_that_stays_is_not_revoiced() -> None:
    first = lead((), (0, 4, 7), 52, 74)
    assert lead(first, (0, 4, 7), 52, 74) == first


@pytest.mark.parametrize("symbol", ["H", "Cfoo", ""])
def test_an_unreadable_chord_symbol_is_refused(symbol: str) -> None:
    with pytest.raises(ValueError, match="not a chord symbol"):
        chord(symbol)


def test_damped_partials_match_their_formula() -> None:
    freqs, amps, decays = np.array([220.0, 441.3]), np.array([0.7, 0.2]), np.array([3.0, 8.0])
    t = tones.clock(0.5)
    wanted = sum(
        a * np.exp(-d * t) * np.sin(2 * np.pi * f * t) for f, a, d in zip(freqs, amps, decays, strict=True)
    )
    assert np.abs(tones.modal(freqs, amps, decays, 0.5) - wanted).max() < 1e-4


def test_swept_tables_stay_below_the_fold() -> None:
    """A saw at 5 kHz keeps only harmonics under the Nyquist frequency: no alias between them."""
    wave = tones.swept("saw", 5000.0, 20_000.0, 1.0)
    spectrum = np.abs(np.fft.rfft(wave * np.hanning(len(wave))))
    harmonic = np.zeros(len(spectrum), bool)
    for k in range(1, 5):
        harmonic[5000 * k - 4 : 5000 * k + 5] = True
    assert spectrum[~harmonic].max() < spectrum.max() * 0.02
