"""Choosing the window of a track that everybody hears."""

import io

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Artist
from audio.models import Track, TrackStatus, Upload
from audio.services import uploads
from audio.stream_token import Scope
from studio.forms import clock, lengths, ms_of
from tests import jobs, make
from tests.audio import sounds


@pytest.fixture
def track(ana: Artist) -> Track:
    """Twenty seconds of real sound, ingested."""
    data = sounds.file("wav", 20)
    upload = uploads.begin(casset=make.casset(ana), filename="Song.wav", size=len(data))
    uploads.append(upload=upload, offset=0, body=io.BytesIO(data))
    jobs.run()
    return Track.objects.ready().get()


def test_the_window_moves_and_the_old_preview_ends(track: Track, as_ana: Client) -> None:
    old = track.preview
    as_ana.post(f"/studio/tracks/{track.pk}/preview/", {"start": "0:03.5", "length": 15_000})
    track.refresh_from_db()
    assert (track.preview_start_ms, track.preview_length_ms) == (3_500, 15_000)
    assert track.preview is not None
    assert (track.preview.scope, track.preview.start_samples) == (Scope.PREVIEW, 3_500 * 441 // 10)
    assert old is not None
    old.refresh_from_db()
    assert old.withdrawn_at is not None


def test_the_same_window_twice_is_one(track: Track, as_ana: Client) -> None:
    for _ in range(2):
        answer = as_ana.post(f"/studio/tracks/{track.pk}/preview/", {"start": "0:01", "length": 15_000})
        assert (answer.status_code, answer.url) == (302, f"/studio/tracks/{track.pk}/")
    assert track.renditions.filter(scope=Scope.PREVIEW, withdrawn_at=None).count() == 1


@pytest.mark.parametrize(
    ("start", "length", "words"),
    [
        ("0:06", "15000", "The preview has to lie inside the track."),
        ("soon", "15000", "Write minutes and seconds, like 1:05"),
        ("0:61", "15000", "Write minutes and seconds, like 1:05"),
        ("", "15000", "This field is required."),
        ("0:00", "1000", "Select a valid choice."),
        ("0:00", "90000", "Select a valid choice."),
        ("0:00", "", "This field is required."),
    ],
)
def test_a_window_that_cannot_be_moves_nothing(
    start: str, length: str, words: str, track: Track, as_ana: Client
) -> None:
    before = Track.objects.values("preview", "preview_start_ms", "preview_length_ms").get()
    page = as_ana.post(f"/studio/tracks/{track.pk}/preview/", {"start": start, "length": length})
    assert page.status_code == 422
    assert words in page.text
    assert Track.objects.values("preview", "preview_start_ms", "preview_length_ms").get() == before


def test_a_track_that_is_not_ready_has_no_window(track: Track, as_ana: Client) -> None:
    Track.objects.update(status=TrackStatus.PROCESSING)
    page = as_ana.post(f"/studio/tracks/{track.pk}/preview/", {"start": "0:01", "length": 15_000})
    assert page.status_code == 422
    assert not Upload.objects.filter(track=None).exists()


def test_the_page_brings_the_whole_waveform_and_the_full_stream(track: Track, as_ana: Client) -> None:
    page = as_ana.get(f"/studio/tracks/{track.pk}/")
    assert len(page.context["peaks"]) >= 800 * 4 // 3
    assert page.context["track"].playable["scope"] == "full"
    assert 'data-whole="20000"' in page.text


@given(st.integers(0, 6 * 3_600_000))
def test_a_time_is_read_as_it_is_written(ms: int) -> None:
    assert ms_of(clock(ms)) == ms


@pytest.mark.parametrize("text", ["1:05", "65", "1:05,000", " 0065.0 "])
def test_times_are_read_as_people_write_them(text: str) -> None:
    assert ms_of(text) == 65_000


@given(st.integers(1, 1_200_000), st.integers(1, 90_000))
def test_every_length_on_offer_fits_the_track(track_ms: int, chosen_ms: int) -> None:
    chosen = min(chosen_ms, track_ms)
    offered = lengths(track_ms, chosen)
    assert chosen in offered
    assert all(0 < ms <= min(track_ms, 90_000) for ms in offered)
