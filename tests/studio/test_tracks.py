"""Tracks in the studio: how they stand, words, order, removal, import."""

import pytest
from django.test import Client

from accounts.models import Artist
from audio.models import Casset, Track, TrackStatus, Upload, UploadStatus
from tests import jobs, make

WORDS = {"title": "Paper Lanterns", "lyrics": "", "credit": "", "isrc": ""}


def url(track: Track, act: str = "") -> str:
    return f"/studio/tracks/{track.pk}/{act}"


def board(casset: Casset, seen: str = "") -> str:
    return f"/studio/cassets/{casset.pk}/tracks/?seen={seen}"


@pytest.fixture
def casset(ana: Artist) -> Casset:
    return make.casset(ana)


@pytest.fixture
def track(casset: Casset) -> Track:
    return make.track(casset, "First Take")


def unready(casset: Casset, status: TrackStatus, message: str = "") -> Track:
    track = make.track(casset, ready=False)
    track.status, track.reject_message = status, message
    track.save()
    return track


# --- How they stand --------------------------------------------------------------------------------------------------


def test_the_list_asks_again_only_while_something_moves(casset: Casset, track: Track, as_ana: Client) -> None:
    assert "every 1s" not in as_ana.get(board(casset)).text
    Track.objects.filter(pk=track.pk).update(status=TrackStatus.PROCESSING, progress=40)
    page = as_ana.get(board(casset)).text
    assert "every 1s" in page
    assert '<progress max="100" value="40"' in page
    assert "<html" not in page


def test_the_same_look_twice_is_answered_with_nothing(casset: Casset, track: Track, as_ana: Client) -> None:
    version = as_ana.get(board(casset)).context["board"].version
    assert as_ana.get(board(casset, version)).status_code == 204
    Track.objects.filter(pk=track.pk).update(status=TrackStatus.PROCESSING, progress=1)
    assert as_ana.get(board(casset, version)).status_code == 200


def test_a_rejected_file_says_what_is_wrong_and_can_be_removed(casset: Casset, as_ana: Client) -> None:
    bad = unready(casset, TrackStatus.REJECTED, "This file is a picture.")
    page = as_ana.get(board(casset)).text
    assert "This file is a picture." in page
    assert f'action="/studio/tracks/{bad.pk}/delete/"' in page


def test_a_finished_track_can_be_heard_in_full(casset: Casset, track: Track, as_ana: Client) -> None:
    shown = as_ana.get(board(casset)).context["board"].tracks[0]
    assert shown.playable["scope"] == "full"
    assert shown.playable["id"] == track.pk


def test_a_failed_fetch_says_why_until_it_is_removed(casset: Casset, as_ana: Client) -> None:
    failed = Upload.objects.create(
        casset=casset,
        filename="song.mp3",
        source_url="https://example.com/song.mp3",
        size=1,
        status=UploadStatus.FAILED,
        error="There is no file at this address.",
        expires_at=casset.updated_at,
    )
    assert "There is no file at this address." in as_ana.get(board(casset)).text
    assert as_ana.post(f"/studio/uploads/{failed.pk}/").status_code == 302
    assert not Upload.objects.exists()


# --- Words -----------------------------------------------------------------------------------------------------------


def test_words_are_saved(track: Track, as_ana: Client) -> None:
    words = {"lyrics": "[00:01.00] Oh", "credit": "Bass: Bo", "isrc": "us-rc1 7607839", "premium_only": "on"}
    answer = as_ana.post(url(track), {**WORDS, **words})
    track.refresh_from_db()
    assert (answer.status_code, answer.url) == (302, url(track))
    assert (track.title, track.slug) == ("Paper Lanterns", "paper-lanterns")
    assert (track.lyrics, track.credits) == ("[00:01.00] Oh", "Bass: Bo")
    assert (track.isrc, track.premium_only) == ("USRC17607839", True)


def test_a_switch_that_is_off_is_off(casset: Casset, as_ana: Client) -> None:
    track = make.track(casset, premium_only=True)
    as_ana.post(url(track), WORDS)
    track.refresh_from_db()
    assert track.premium_only is False


def test_two_tracks_may_share_a_title(casset: Casset, track: Track, as_ana: Client) -> None:
    other = make.track(casset, "Second Take")
    for row in (track, other):
        assert as_ana.post(url(row), WORDS).status_code == 302
    assert {row.slug for row in casset.tracks.all()} == {"paper-lanterns", "paper-lanterns-2"}


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("title", " ", "This field is required."),
        ("isrc", "12345", "An ISRC looks like"),
        ("lyrics", "l" * 20_001, "at most 20000 characters"),
    ],
)
def test_words_that_do_not_fit_change_nothing(
    field: str, value: str, words: str, track: Track, as_ana: Client
) -> None:
    page = as_ana.post(url(track), {**WORDS, field: value})
    track.refresh_from_db()
    assert page.status_code == 422
    assert words in page.text
    assert (track.title, track.isrc, track.lyrics) == ("First Take", "", "")


def test_the_page_tells_what_was_measured(casset: Casset, as_ana: Client) -> None:
    track = make.track(
        casset,
        codec="flac",
        source_rate=48_000,
        source_channels=2,
        loudness_lufs=-13.96,
        true_peak_db=-0.42,
        gain_db=-2.6,
    )
    page = as_ana.get(url(track)).text
    for words in ("FLAC, 48 kHz, stereo", "-14.0 LUFS", "-0.4 dBTP", "-2.6 dB"):
        assert words in page


@pytest.mark.parametrize("status", [TrackStatus.UPLOADED, TrackStatus.PROCESSING, TrackStatus.REJECTED])
def test_a_track_that_is_not_ready_has_a_page_too(
    status: TrackStatus, casset: Casset, as_ana: Client
) -> None:
    track = unready(casset, status)
    page = as_ana.get(url(track))
    assert page.status_code == 200
    assert "casset-preview-picker" not in page.text
    assert ("every 1s" in page.text) == (status != TrackStatus.REJECTED)


# --- Order -----------------------------------------------------------------------------------------------------------


def test_a_track_moves_up_and_down_and_stops_at_the_ends(casset: Casset, as_ana: Client) -> None:
    first, second, third = (make.track(casset) for _ in range(3))

    def order() -> list[Track]:
        return list(casset.tracks.in_order())

    as_ana.post(url(third, "move/"), {"position": 0})
    assert order() == [third, first, second]
    as_ana.post(url(third, "move/"), {"position": 1})
    assert order() == [first, third, second]
    for beyond in (-1, 99):
        as_ana.post(url(second, "move/"), {"position": beyond})
    assert order() == [first, third, second]
    assert [track.position for track in order()] == [0, 1, 2]


@pytest.mark.parametrize("position", ["", "up", "1e9", "99999999999"])
def test_a_place_that_is_none_moves_nothing(position: str, casset: Casset, as_ana: Client) -> None:
    first, second = (make.track(casset) for _ in range(2))
    assert as_ana.post(url(second, "move/"), {"position": position}).status_code == 422
    assert list(casset.tracks.in_order()) == [first, second]


# --- Removal ---------------------------------------------------------------------------------------------------------


def test_deleting_asks_first(track: Track, as_ana: Client) -> None:
    assert "Delete “First Take”?" in as_ana.get(url(track, "delete/")).text
    assert Track.objects.filter(pk=track.pk).exists()
    answer = as_ana.post(url(track, "delete/"))
    assert (answer.status_code, answer.url) == (302, f"/studio/cassets/{track.casset_id}/")
    assert not Track.objects.filter(pk=track.pk).exists()
    assert as_ana.post(url(track, "delete/")).status_code == 404


def test_the_last_track_of_a_published_casset_stays(ana: Artist, as_ana: Client) -> None:
    casset = make.casset(ana, published=True)
    track = casset.tracks.get()
    page = as_ana.post(url(track, "delete/"))
    assert page.status_code == 422
    assert "Unpublish it first." in page.text
    assert Track.objects.filter(pk=track.pk).exists()


# --- Import ----------------------------------------------------------------------------------------------------------


def test_an_address_orders_a_fetch(casset: Casset, as_ana: Client) -> None:
    answer = as_ana.post(
        f"/studio/cassets/{casset.pk}/import/", {"url": " https://example.com/music/Song.mp3 "}
    )
    upload = Upload.objects.get()
    assert answer.status_code == 302
    assert (upload.filename, upload.source_url) == ("Song.mp3", "https://example.com/music/Song.mp3")
    assert jobs.ordered() == [("audio.imports.fetch", {"upload_id": str(upload.pk)})]
    page = as_ana.get(board(casset)).text
    assert "Fetching" in page
    assert "every 1s" in page


@pytest.mark.parametrize(
    "address",
    ["", "song.mp3", "http://example.com/a.mp3", "file:///etc/passwd", "https://", "https://127.0.0.1/a.mp3"],
)
def test_an_address_that_is_none_orders_nothing(address: str, casset: Casset, as_ana: Client) -> None:
    page = as_ana.post(f"/studio/cassets/{casset.pk}/import/", {"url": address})
    assert page.status_code == 422
    assert page.context["import_form"].errors["url"]
    assert not Upload.objects.exists()
    assert jobs.ordered() == []


# --- Whose it is -----------------------------------------------------------------------------------------------------

ACTS = ["", "preview/", "delete/", "move/"]


@pytest.mark.parametrize("act", ACTS)
def test_another_artist_finds_nothing(act: str, track: Track, as_max: Client) -> None:
    before = Track.objects.values().get()
    values = {**WORDS, "position": 0, "start": "0:01", "length": 15_000}
    assert as_max.post(url(track, act), values).status_code == 404
    assert Track.objects.values().get() == before


@pytest.mark.parametrize("act", ACTS)
def test_a_visitor_is_asked_to_sign_in(act: str, track: Track, visitor: Client) -> None:
    answer = visitor.post(url(track, act))
    assert (answer.status_code, answer.url) == (302, "/accounts/login/?next=/studio/")
    assert Track.objects.filter(pk=track.pk).exists()


@pytest.mark.parametrize(
    ("method", "act"), [("put", ""), ("get", "preview/"), ("put", "delete/"), ("get", "move/")]
)
def test_each_act_has_its_method(method: str, act: str, track: Track, as_ana: Client) -> None:
    assert getattr(as_ana, method)(url(track, act)).status_code == 405
