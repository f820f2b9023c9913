"""A track from a web address: fetched from a server of the tests, which stands for the outside world."""

import errno
import fcntl
import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Artist
from audio.models import Casset, Track, TrackStatus, Upload, UploadStatus
from audio.services import imports, uploads
from casset_site.lib import destinations, outbound
from casset_site.lib.destinations import OutboundRefused
from casset_site.outbox.models import Job
from tests import jobs, make
from tests.audio import sounds
from tests.lib.certificates import make_certificate
from tests.lib.test_outbound import CID, Handler, World, redirect

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> Iterator[World]:
    """Only 127.0.0.1 is public; names lead there; nothing else about the guard is changed."""
    settings.UPLOAD_DIR = tmp_path / "uploads"
    made = World()
    monkeypatch.setattr(outbound, "PUBLIC", made.policy)
    yield made
    made.close()


@pytest.fixture
def casset(ana: Artist) -> Casset:
    return make.casset(ana)


def serves(data: bytes, status: int = 200) -> Handler:
    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(body=data, status=status, content_type="audio/mpeg")

    return handler


def imported(casset: Casset, url: str) -> Upload:
    upload = imports.begin(casset=casset, url=url)
    jobs.run()
    return Upload.objects.get(pk=upload.pk)


def staged(settings: Settings) -> list[Path]:
    return list(Path(settings.UPLOAD_DIR).glob("*"))


def refused(upload: Upload, reason: str, settings: Settings) -> None:
    """The artist reads why, and there is no track, no file and no job."""
    assert (upload.status, upload.error) == (UploadStatus.FAILED, destinations.SENTENCES[reason])
    assert not Track.objects.exists()
    assert not Job.objects.exists()
    assert staged(settings) == []


def test_a_file_behind_an_address_becomes_a_track(world: World, casset: Casset, settings: Settings) -> None:
    port = world.serve(serves(sounds.file("mp3")))
    upload = imported(casset, f"http://files.example:{port}/music/03%20-%20Paper_Lanterns.mp3?key=secret")
    track = Track.objects.get()
    assert (upload.status, upload.track, upload.error) == (UploadStatus.COMPLETE, track, "")
    assert (upload.received, upload.size) == (len(sounds.file("mp3")),) * 2
    assert (track.status, track.title) == (TrackStatus.READY, "Paper Lanterns")
    assert abs(track.duration_ms - 8000) <= 60
    assert staged(settings) == []
    assert len(world.requests) == 1
    assert not {"Cookie", "Authorization", "Referer"} & set(world.requests[0].headers)


def test_the_way_is_encrypted(
    world: World, casset: Casset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.plain_http = False
    server, world.tls = make_certificate(tmp_path, "files.example")
    monkeypatch.setattr(outbound, "PUBLIC", world.policy)
    port = world.serve(serves(sounds.file("mp3")), tls=server)
    assert imported(casset, f"https://files.example:{port}/a.mp3").status == UploadStatus.COMPLETE
    world.names["other.example"] = [["127.0.0.1"]]
    other = imported(casset, f"https://other.example:{port}/a.mp3")
    assert (other.status, other.error) == (UploadStatus.FAILED, destinations.SENTENCES["bad_certificate"])


def test_an_ipfs_address_is_fetched_from_the_next_gateway_when_one_fails(
    world: World, casset: Casset, settings: Settings
) -> None:
    broken, good = world.serve(serves(b"", 500)), world.serve(serves(sounds.file("mp3")))
    settings.IPFS_GATEWAYS = [f"http://files.example:{broken}", f"http://files.example:{good}"]
    assert imported(casset, f"ipfs://{CID}/song.mp3").status == UploadStatus.COMPLETE
    assert Track.objects.get().status == TrackStatus.READY
    assert {request.path for request in world.requests} == {f"/ipfs/{CID}/song.mp3"}


@pytest.mark.parametrize("place", ["http://10.0.0.1/x", "http://inside.example/x", "http://[::1]:1/x"])
def test_a_redirect_into_a_private_network_is_refused_and_logged(
    place: str, world: World, casset: Casset, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    world.names["inside.example"] = [["192.168.1.7"]]
    port = world.serve(redirect(place))
    upload = imported(casset, f"http://files.example:{port}/a.mp3?key=secret")
    refused(upload, "private_address", settings)
    assert "Outbound request refused: private_address" in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.parametrize(
    ("status", "reason"), [(404, "not_found"), (403, "forbidden"), (500, "bad_answer"), (206, "bad_answer")]
)
def test_a_server_that_has_no_file_for_us_is_told_so(
    status: int, reason: str, world: World, casset: Casset, settings: Settings
) -> None:
    port = world.serve(serves(b"no", status))
    refused(imported(casset, f"http://files.example:{port}/a.mp3"), reason, settings)


def test_a_file_that_is_too_large_is_not_kept(world: World, casset: Casset, settings: Settings) -> None:
    settings.UPLOAD_MAX_BYTES = 10_000
    port = world.serve(serves(b"x" * 10_001))
    upload = imported(casset, f"http://files.example:{port}/a.mp3")
    assert upload.status == UploadStatus.FAILED
    assert upload.error.startswith("The file at this address is larger than")
    assert not Track.objects.exists()
    assert staged(settings) == []


def test_a_server_that_hangs_up_in_the_middle_gives_no_track(
    world: World, casset: Casset, settings: Settings
) -> None:
    async def half(request: web.BaseRequest) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Length": "10000"})
        await answer.prepare(request)
        await answer.write(b"x" * 5000)
        assert request.transport is not None
        request.transport.abort()
        return answer

    port = world.serve(half)
    refused(imported(casset, f"http://files.example:{port}/a.mp3"), "bad_answer", settings)


def test_what_is_no_music_is_refused_like_an_upload(world: World, casset: Casset, settings: Settings) -> None:
    port = world.serve(serves(b"#EXTM3U\nhttp://127.0.0.1/x.ts\n"))
    upload = imported(casset, f"http://files.example:{port}/a.mp3")
    track = Track.objects.get()
    assert (upload.status, track.status) == (UploadStatus.COMPLETE, TrackStatus.REJECTED)
    assert track.reject_message.endswith(".")
    assert staged(settings) == []
    assert len(world.requests) == 1  # the playlist's own address was not visited


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://files.example/a.mp3",
        "http://files.example/a.mp3",
        "https://user:word@files.example/a.mp3",
        "https://files.example:8443/a.mp3",
        "https://127.0.0.1/a.mp3",
        "https://[::1]/a.mp3",
        "https://localhost/a.mp3",
        "ipfs://nonsense",
        "song.mp3",
        "",
        "https://files.example/" + "a" * 2000,
    ],
)
def test_an_address_that_cannot_be_fetched_is_refused_at_once_with_no_row(url: str, casset: Casset) -> None:
    with pytest.raises(OutboundRefused):
        imports.begin(casset=casset, url=url)
    assert not Upload.objects.exists()
    assert not Job.objects.exists()


def test_a_name_from_an_address_has_nothing_unprintable(casset: Casset) -> None:
    upload = imports.begin(casset=casset, url="https://files.example/a%00b%0Ac.mp3")
    assert upload.filename == "abc.mp3"
    assert imports.begin(casset=casset, url="https://files.example/").filename == "Imported track"


def test_an_import_cancelled_while_it_is_fetched_leaves_nothing(
    world: World, casset: Casset, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = world.serve(serves(b"x" * 5000))
    upload = imports.begin(casset=casset, url=f"http://files.example:{port}/a.mp3")
    Job.objects.all().delete()
    fetched = outbound.fetch_to_file

    def fetched_and_cancelled(*args: object, **options: object) -> outbound.Fetched:
        answer = fetched(*args, **options)  # type: ignore[arg-type]
        uploads.discard(upload=Upload.objects.get(pk=upload.pk))
        return answer

    monkeypatch.setattr(outbound, "fetch_to_file", fetched_and_cancelled)
    imports.fetch(upload_id=str(upload.pk))
    assert not Upload.objects.exists()
    assert not Track.objects.exists()
    assert not Job.objects.exists()
    assert staged(settings) == []


def test_a_cancelled_or_finished_import_is_not_fetched(world: World, casset: Casset) -> None:
    port = world.serve(serves(sounds.file("mp3")))
    url = f"http://files.example:{port}/a.mp3"
    cancelled = imports.begin(casset=casset, url=url)
    uploads.discard(upload=cancelled)
    jobs.run()
    assert world.requests == []
    done = imported(casset, url)
    imports.fetch(upload_id=str(done.pk))
    assert (len(world.requests), Track.objects.count()) == (1, 1)


def test_two_workers_do_not_fetch_one_import_at_once(world: World, casset: Casset) -> None:
    """A job may be delivered twice: the second would empty the file under the first."""
    port = world.serve(serves(sounds.file("mp3")))
    upload = imports.begin(casset=casset, url=f"http://files.example:{port}/a.mp3")
    path = uploads.path_of(upload)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"half of it")
    with path.open("rb") as first:
        fcntl.flock(first, fcntl.LOCK_EX)
        imports.fetch(upload_id=str(upload.pk))
    assert world.requests == []
    assert path.read_bytes() == b"half of it"
    imports.fetch(upload_id=str(upload.pk))  # the first died: its bytes are not kept in front
    upload.refresh_from_db()
    assert (upload.status, upload.received) == (UploadStatus.COMPLETE, len(sounds.file("mp3")))
    assert path.read_bytes() == sounds.file("mp3")


def test_a_full_disk_ends_an_import_in_words(
    world: World, casset: Casset, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = world.serve(serves(b"x" * 5000))

    def full(*args: object, **options: object) -> outbound.Fetched:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(outbound, "fetch_to_file", full)
    upload = imported(casset, f"http://files.example:{port}/a.mp3")
    assert (upload.status, upload.error) == (UploadStatus.FAILED, uploads.NO_ROOM)
    assert staged(settings) == []


def test_an_address_is_never_logged_with_its_query(
    world: World, casset: Casset, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    port = world.serve(serves(b"no", 404))
    imported(casset, f"http://files.example:{port}/a.mp3?signature=secret")
    assert "not_found" in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.django_db
def test_the_sweep_orders_an_import_whose_message_was_lost(ana: Artist) -> None:
    upload = imports.begin(casset=make.casset(ana), url="https://music.example/a.wav")
    Job.objects.all().delete()
    assert imports.sweep() == 0
    Upload.objects.filter(pk=upload.pk).update(created_at=timezone.now() - timedelta(hours=1))
    assert imports.sweep() == 1
    assert jobs.ordered() == [("audio.imports.fetch", {"upload_id": str(upload.pk)})]
