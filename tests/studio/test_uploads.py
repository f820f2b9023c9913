"""Resumable uploads by the tus protocol, and whole files from a form."""

import base64
import fcntl
from collections.abc import Iterator
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from accounts.models import Artist
from audio.models import Casset, Track, TrackStatus, Upload, UploadStatus
from audio.services import uploads
from tests import jobs, make

URL = "/studio/uploads/"
PIECE = "application/offset+octet-stream"
TUS = {"HTTP_TUS_RESUMABLE": "1.0.0"}


@pytest.fixture
def casset(ana: Artist) -> Casset:
    return make.casset(ana)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.UPLOAD_DIR = tmp_path / "uploads"
    return tmp_path / "uploads"


def stored(folder: Path) -> list[Path]:
    return list(folder.glob("*")) if folder.exists() else []


def metadata(**values: object) -> str:
    return ",".join(
        f"{key} {base64.b64encode(str(value).encode()).decode()}" for key, value in values.items()
    )


def create(
    client: Client, casset: Casset, size: object = 10, name: str = "song.wav", **headers: Any
) -> HttpResponse:
    told = {
        "HTTP_UPLOAD_LENGTH": str(size),
        "HTTP_UPLOAD_METADATA": metadata(filename=name, casset=casset.pk),
    }
    return client.post(URL, content_type="application/octet-stream", **{**TUS, **told, **headers})


def begun(client: Client, casset: Casset, size: int = 10) -> str:
    return create(client, casset, size).headers["Location"]


def patch(client: Client, url: str, data: bytes, offset: object = 0, **headers: Any) -> HttpResponse:
    told = {**TUS, "HTTP_UPLOAD_OFFSET": str(offset), "CONTENT_TYPE": PIECE, **headers}
    return client.generic("PATCH", url, data, **told)


# --- The protocol ----------------------------------------------------------------------------------------------------


def test_the_server_tells_what_it_can(as_ana: Client) -> None:
    answer = as_ana.options(URL)
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == answer.headers["Tus-Resumable"] == "1.0.0"
    assert answer.headers["Tus-Extension"] == "creation,termination"
    assert answer.headers["Tus-Max-Size"] == str(django_settings.UPLOAD_MAX_BYTES)


def test_a_file_in_pieces_becomes_a_waiting_track(as_ana: Client, casset: Casset) -> None:
    opened = create(as_ana, casset, 10, name="03 - Paper_Lanterns.wav")
    assert opened.status_code == 201
    assert opened.headers["Tus-Resumable"] == "1.0.0"
    url = opened.headers["Location"]
    assert url == f"/studio/uploads/{Upload.objects.get().pk}/"
    first = patch(as_ana, url, b"01234")
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, "5")
    assert not Track.objects.exists()
    last = patch(as_ana, url, b"56789", 5)
    assert (last.status_code, last.headers["Upload-Offset"]) == (204, "10")
    track = Track.objects.get()
    assert (track.title, track.status, track.original_bytes) == ("Paper Lanterns", TrackStatus.UPLOADED, 10)
    assert uploads.path_of(Upload.objects.get()).read_bytes() == b"0123456789"
    assert jobs.ordered() == [("audio.ingest.process", {"track_id": track.pk})]


def test_how_far_an_upload_is(as_ana: Client, casset: Casset) -> None:
    url = begun(as_ana, casset)
    patch(as_ana, url, b"0123")
    answer = as_ana.head(url, **TUS)
    assert answer.status_code == 200
    assert (answer.headers["Upload-Offset"], answer.headers["Upload-Length"]) == ("4", "10")
    assert "no-store" in answer.headers["Cache-Control"]


def test_the_last_piece_twice_makes_one_track(as_ana: Client, casset: Casset) -> None:
    url = begun(as_ana, casset, 4)
    assert patch(as_ana, url, b"full").status_code == 204
    assert as_ana.head(url, **TUS).headers["Upload-Offset"] == "4"
    assert patch(as_ana, url, b"", 4).status_code == 204
    assert patch(as_ana, url, b"full", 0).status_code == 410
    assert Track.objects.count() == 1


def test_an_upload_whose_end_was_missed_is_ended_by_an_empty_piece(as_ana: Client, casset: Casset) -> None:
    url = begun(as_ana, casset, 4)
    patch(as_ana, url, b"ful")
    upload = Upload.objects.get()
    uploads.path_of(upload).write_bytes(b"full")
    Upload.objects.update(received=4)
    assert patch(as_ana, url, b"", 4).status_code == 204
    assert Track.objects.count() == 1


def test_cancelling_leaves_nothing(as_ana: Client, casset: Casset, folder: Path) -> None:
    url = begun(as_ana, casset)
    patch(as_ana, url, b"0123")
    assert as_ana.delete(url, **TUS).status_code == 204
    assert not Upload.objects.exists()
    assert stored(folder) == []
    for answer in (as_ana.head(url, **TUS), patch(as_ana, url, b"4", 4), as_ana.delete(url, **TUS)):
        assert answer.status_code == 404


def test_a_form_without_javascript_cancels_too(as_ana: Client, casset: Casset, folder: Path) -> None:
    url = begun(as_ana, casset)
    patch(as_ana, url, b"0123")
    assert as_ana.post(url).url == f"/studio/cassets/{casset.pk}/"
    assert not Upload.objects.exists()
    assert stored(folder) == []


def test_what_became_a_track_is_not_cancelled(as_ana: Client, casset: Casset) -> None:
    url = begun(as_ana, casset, 4)
    patch(as_ana, url, b"full")
    assert as_ana.delete(url, **TUS).status_code == 410
    assert Track.objects.count() == Upload.objects.count() == 1


def test_a_method_in_a_header_stands_for_one_that_a_proxy_forbids(as_ana: Client, casset: Casset) -> None:
    url = begun(as_ana, casset)
    override = {**TUS, "HTTP_UPLOAD_OFFSET": "0", "HTTP_X_HTTP_METHOD_OVERRIDE": "PATCH"}
    assert as_ana.post(url, b"01234", content_type=PIECE, **override).status_code == 204
    assert Upload.objects.get().received == 5
    override["HTTP_X_HTTP_METHOD_OVERRIDE"] = "BREW"
    assert as_ana.post(url, b"", content_type=PIECE, **override).status_code == 405


# --- Refusals: each leaves everything as it was ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (412, {"HTTP_TUS_RESUMABLE": "0.2.2"}),
        (400, {"HTTP_UPLOAD_LENGTH": ""}),
        (400, {"HTTP_UPLOAD_LENGTH": "-1"}),
        (400, {"HTTP_UPLOAD_LENGTH": "many"}),
        (400, {"HTTP_UPLOAD_LENGTH": "9" * 30}),
        (422, {"HTTP_UPLOAD_LENGTH": "0"}),
        (413, {"HTTP_UPLOAD_LENGTH": str(1024**3 + 1)}),
        (400, {"HTTP_UPLOAD_METADATA": "filename !!!"}),
        (400, {"HTTP_UPLOAD_METADATA": "filename /w=="}),
        (404, {"HTTP_UPLOAD_METADATA": ""}),
        (404, {"HTTP_UPLOAD_METADATA": metadata(filename="a.wav", casset="one")}),
        (404, {"HTTP_UPLOAD_METADATA": metadata(filename="a.wav", casset=10**30)}),
        (404, {"HTTP_UPLOAD_METADATA": metadata(filename="a.wav", casset="9" * 5000)}),
    ],
)
def test_an_upload_that_cannot_be_is_not_opened(
    status: int, headers: dict[str, str], as_ana: Client, casset: Casset, folder: Path
) -> None:
    answer = create(as_ana, casset, **headers)
    assert answer.status_code == status
    assert answer.headers["Tus-Resumable"] == "1.0.0"
    assert ("Tus-Version" in answer.headers) == (status == 412)
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert not Upload.objects.exists()
    assert stored(folder) == []


@pytest.mark.parametrize("name", ["", "..\\", "music/", "\x00\x07"])
def test_a_file_needs_a_name(name: str, as_ana: Client, casset: Casset) -> None:
    assert create(as_ana, casset, name=name).status_code == 400
    assert not Upload.objects.exists()


def test_a_name_is_no_path(as_ana: Client, casset: Casset) -> None:
    create(as_ana, casset, name="../../etc/\x00pass\nwd.wav")
    assert Upload.objects.get().filename == "passwd.wav"


@pytest.mark.parametrize(
    ("status", "offset", "data", "headers"),
    [
        (412, 0, b"01", {"HTTP_TUS_RESUMABLE": "2.0.0"}),
        (415, 0, b"01", {"CONTENT_TYPE": "application/octet-stream"}),
        (400, "", b"01", {}),
        (400, "-3", b"01", {}),
        (409, 0, b"01", {}),
        (409, 5, b"01", {}),
        (413, 4, b"0123456", {}),
    ],
)
def test_a_piece_that_does_not_fit_is_not_stored(
    status: int, offset: object, data: bytes, headers: dict[str, str], as_ana: Client, casset: Casset
) -> None:
    url = begun(as_ana, casset)
    patch(as_ana, url, b"0123")
    answer = patch(as_ana, url, data, offset, **headers)
    assert answer.status_code == status
    upload = Upload.objects.get()
    assert (upload.received, upload.status) == (4, UploadStatus.OPEN)
    assert uploads.path_of(upload).read_bytes() == b"0123"
    assert not Track.objects.exists()


def test_more_bytes_than_were_announced_are_refused_unread(
    as_ana: Client, casset: Casset, folder: Path
) -> None:
    url = begun(as_ana, casset)
    answer = patch(as_ana, url, b"0123", CONTENT_LENGTH="11")
    assert answer.status_code == 413
    assert Upload.objects.get().received == 0
    assert stored(folder) == []


def test_bytes_that_hide_their_number_stop_at_the_size(as_ana: Client, casset: Casset) -> None:
    url = begun(as_ana, casset)
    assert patch(as_ana, url, b"0123456789more", CONTENT_LENGTH="").status_code in (204, 413)
    assert Upload.objects.get().received in (0, 10)


def test_a_second_writer_waits_its_turn(as_ana: Client, casset: Casset) -> None:
    url = begun(as_ana, casset)
    patch(as_ana, url, b"0123")
    with uploads.path_of(Upload.objects.get()).open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert patch(as_ana, url, b"45", 4).status_code == 423
        assert Upload.objects.get().received == 4
    assert patch(as_ana, url, b"45", 4).status_code == 204


def test_unfinished_uploads_are_limited(as_ana: Client, casset: Casset, settings: Settings) -> None:
    settings.UPLOAD_MAX_OPEN = 2
    assert [create(as_ana, casset).status_code for _ in range(3)] == [201, 201, 429]
    assert Upload.objects.count() == 2


def test_another_artists_casset_takes_nothing(as_max: Client, casset: Casset, folder: Path) -> None:
    assert create(as_max, casset).status_code == 404
    files = {"casset": casset.pk, "files": SimpleUploadedFile("a.wav", b"1234")}
    assert as_max.post(URL, files).status_code == 404
    assert not Upload.objects.exists()
    assert stored(folder) == []


def test_another_artists_upload_is_nobodys(as_ana: Client, as_max: Client, casset: Casset) -> None:
    url = begun(as_ana, casset)
    answers = [
        as_max.head(url, **TUS),
        patch(as_max, url, b"01"),
        as_max.delete(url, **TUS),
        as_max.post(url),
    ]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert Upload.objects.get().received == 0


def test_a_program_that_is_not_signed_in_is_told_so(visitor: Client, casset: Casset) -> None:
    answer = create(visitor, casset)
    assert answer.status_code == 401
    assert "Sign in" in answer.text
    assert visitor.post(URL).url == "/accounts/login/?next=/studio/"
    assert not Upload.objects.exists()


def test_a_fan_cannot_upload(as_finn: Client, casset: Casset) -> None:
    assert create(as_finn, casset).status_code == 403
    assert not Upload.objects.exists()


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_each_address_has_its_methods(method: str, as_ana: Client, casset: Casset) -> None:
    assert getattr(as_ana, method)(URL).status_code == 405
    if method != "delete":
        assert getattr(as_ana, method)(begun(as_ana, casset)).status_code == 405


def test_a_request_from_elsewhere_is_refused(ana: Artist, casset: Casset) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ana.user)
    assert create(client, casset).status_code == 403
    assert not Upload.objects.exists()
    client.get(f"/studio/cassets/{casset.pk}/")
    token = client.cookies["csrftoken"].value
    assert create(client, casset, HTTP_X_CSRFTOKEN=token).status_code == 201


# --- Any way of splitting --------------------------------------------------------------------------------------------


@st.composite
def journeys(draw: st.DrawFn) -> tuple[bytes, list[tuple[int, int]]]:
    """A file, and the pieces (offset, length) that a faltering client sends: some again, some too early."""
    data = draw(st.binary(min_size=1, max_size=200))
    place = st.tuples(st.integers(0, len(data)), st.integers(0, len(data)))
    return data, draw(st.lists(place, max_size=8))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(journeys())
def test_any_pieces_in_any_order_give_the_same_bytes(
    as_ana: Client, casset: Casset, journey: tuple[bytes, list[tuple[int, int]]]
) -> None:
    data, pieces = journey
    url, taken = begun(as_ana, casset, len(data)), 0
    for offset, length in chain(pieces, _the_rest(as_ana, url, data)):
        answer = patch(as_ana, url, data[offset : offset + length], offset)
        assert answer.status_code in (204, 409, 410)
        now = int(answer.headers.get("Upload-Offset", taken))
        assert taken <= now
        taken = now
    upload = Upload.objects.get(pk=url.split("/")[-2])
    assert (taken, upload.status) == (len(data), UploadStatus.COMPLETE)
    assert uploads.path_of(upload).read_bytes() == data
    assert Track.objects.filter(upload=upload).count() == 1


def _the_rest(client: Client, url: str, data: bytes) -> Iterator[tuple[int, int]]:
    """What an honest client does in the end, after everything before it: ask, and send the rest."""
    offset = int(client.head(url, **TUS).headers["Upload-Offset"])
    yield offset, len(data)


# --- Without JavaScript ----------------------------------------------------------------------------------------------


def test_a_form_takes_several_files(as_ana: Client, casset: Casset) -> None:
    files = [SimpleUploadedFile("one.wav", b"first"), SimpleUploadedFile("two.wav", b"second")]
    answer = as_ana.post(URL, {"casset": casset.pk, "files": files})
    assert (answer.status_code, answer.url) == (302, f"/studio/cassets/{casset.pk}/")
    assert [track.title for track in casset.tracks.in_order()] == ["one", "two"]
    for upload, data in zip(Upload.objects.order_by("filename"), (b"first", b"second"), strict=True):
        assert uploads.path_of(upload).read_bytes() == data


def test_a_refused_file_does_not_hold_up_the_others(
    as_ana: Client, casset: Casset, settings: Settings
) -> None:
    settings.UPLOAD_MAX_BYTES = 5
    files = [SimpleUploadedFile("long.wav", b"too long"), SimpleUploadedFile("good.wav", b"fits")]
    page = as_ana.post(URL, {"casset": casset.pk, "files": files}, follow=True)
    assert "“long.wav” is too large" in page.text
    assert [track.title for track in casset.tracks.all()] == ["good"]


@pytest.mark.parametrize(("data", "status"), [(b"much too long", 413), (b"", 422)])
def test_a_form_with_nothing_usable_stores_nothing(
    data: bytes, status: int, as_ana: Client, casset: Casset, settings: Settings, folder: Path
) -> None:
    settings.UPLOAD_MAX_BYTES = 5
    page = as_ana.post(URL, {"casset": casset.pk, "files": SimpleUploadedFile("a.wav", data)})
    assert page.status_code == status
    assert "“a.wav” is" in page.text or "Choose one or more" in page.text
    assert not Upload.objects.exists()
    assert stored(folder) == []


def test_a_form_without_files_asks_for_some(as_ana: Client, casset: Casset) -> None:
    page = as_ana.post(URL, {"casset": casset.pk})
    assert page.status_code == 422
    assert "Choose one or more audio files first." in page.text


def test_an_unfinished_upload_waits_on_the_page(as_ana: Client, casset: Casset) -> None:
    url = begun(as_ana, casset)
    patch(as_ana, url, b"0123")
    page = as_ana.get(f"/studio/cassets/{casset.pk}/").text
    assert f'data-upload="{url}"' in page
    assert "Choose the same file again to go on." in page


def test_tracks_come_out_in_the_order_in_which_their_files_were_announced(ana: Artist) -> None:
    casset = make.casset(ana)
    opened = [
        uploads.begin(casset=casset, filename=f"{name}.wav", size=1) for name in ("one", "two", "three")
    ]
    for upload in (opened[2], opened[0], opened[1]):
        uploads.append(upload=upload, offset=0, body=BytesIO(b"x"))
    assert [track.title for track in casset.tracks.in_order()] == ["one", "two", "three"]
