"""A bucket in place of this disk: what is stored where, and what listeners get when it misbehaves."""

import asyncio
import io
import time
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image
from pytest_django import Settings

from accounts.models import Artist
from audio import store
from audio.asgi import AudioRouter
from audio.models import Track, TrackStatus
from audio.services import cassets, files, streams, tracks
from casset_site.lib import pictures
from casset_site.settings import base
from tests import jobs, make
from tests.asgi import Answer, acall
from tests.audio import buckets, sounds
from tests.audio.test_ingest import ingested, staged

pytestmark = pytest.mark.django_db(transaction=True)
LISTENER = "a" * 32


def use_bucket(endpoint: str, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings that the environment of a site with a bucket leads to."""
    environment = {
        "S3_ENDPOINT_URL": endpoint,
        "S3_REGION": "us-east-1",
        "S3_ACCESS_KEY": "test",
        "S3_SECRET_KEY": "test",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(base, "S3_BUCKET", buckets.NAME)
    settings.S3_BUCKET = buckets.NAME
    settings.STORAGES = {
        **settings.STORAGES,
        "default": base.storage("media", base.MEDIA_ROOT, "/media/"),
        "originals": base.storage("originals", base.DATA_DIR / "originals", None),
        "renditions": base.storage("renditions", base.DATA_DIR / "renditions", None),
    }


@pytest.fixture(scope="module")
def server() -> Iterator[buckets.Bucket]:
    with buckets.serving() as bucket:
        yield bucket


@pytest.fixture
def bucket(
    server: buckets.Bucket, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[buckets.Bucket]:
    use_bucket(server.endpoint, settings, monkeypatch)
    yield server
    server.empty()


@pytest.fixture
def origin(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[buckets.Origin]:
    bad = buckets.Origin()
    use_bucket(bad.endpoint, settings, monkeypatch)
    yield bad
    bad.close()


def src_of(track: Track) -> str:
    row = Track.objects.with_casset().get(pk=track.pk)
    streams.attach([row], user=AnonymousUser(), listener=LISTENER, now=time.time())
    src: str = row.playable["src"]
    return src


def get(src: str, method: str = "GET", **headers: str) -> Answer:
    async def once() -> Answer:
        router = AudioRouter(None)  # type: ignore[arg-type]
        sent = {"cookie": f"listener={LISTENER}", **{k.replace("_", "-"): v for k, v in headers.items()}}
        try:
            return await acall(router, src, method, sent)
        finally:
            await router.files.close()

    return asyncio.run(once())


def test_an_upload_ends_in_the_bucket_and_nowhere_else(bucket: buckets.Bucket, ana: Artist) -> None:
    casset = make.casset(ana)
    track = ingested(casset, sounds.file("wav"))
    assert track.status == TrackStatus.READY
    assert bucket.keys("originals/") == [f"originals/{track.original_key}"]
    assert bucket.read(f"originals/{track.original_key}") == sounds.file("wav")
    assert sorted(bucket.keys("renditions/")) == sorted(
        f"renditions/{files.rendition_key(row.sha256)}" for row in track.renditions.all()
    )
    assert bucket.keys("media/") == [f"media/{files.spectrum_key(track.spectrum)}"]
    assert len(bucket.read(f"renditions/{files.rendition_key(track.stream.sha256)}")) == track.stream.size
    assert staged() == []


def test_the_preview_streams_from_the_bucket_by_exact_ranges(bucket: buckets.Bucket, ana: Artist) -> None:
    track = ingested(make.casset(ana), sounds.file("wav"))
    src, whole = src_of(track), bucket.read(f"renditions/{files.rendition_key(track.preview.sha256)}")
    size = len(whole)
    full = get(src)
    assert (full.status, full.body, full.complete) == (200, whole, True)
    for start, stop in [(0, 1), (100, 70_000), (size - 5, size), (65_536, 65_537)]:
        answer = get(src, range=f"bytes={start}-{stop - 1}")
        assert (answer.status, answer.body) == (206, whole[start:stop])
        assert answer.headers["content-range"] == f"bytes {start}-{stop - 1}/{size}"
        assert answer.headers["content-length"] == str(stop - start)
    beyond = get(src, range=f"bytes={size}-")
    assert (beyond.status, beyond.headers["content-range"], beyond.body) == (416, f"bytes */{size}", b"")
    etag = full.headers["etag"]
    assert get(src, range="bytes=0-9", if_range='"another"').body == whole
    assert get(src, range="bytes=0-9", if_range=etag).body == whole[:10]
    head = get(src, "HEAD")
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", str(size))
    assert get(src, if_none_match=etag).status == 304


def test_a_preview_is_cut_anew_and_a_removed_track_takes_its_original_along(
    bucket: buckets.Bucket, ana: Artist
) -> None:
    track = ingested(make.casset(ana), sounds.file("wav", seconds=12))
    moved = tracks.set_preview(track=track, start_ms=1_000, length_ms=6_000)
    assert f"renditions/{files.rendition_key(moved.preview.sha256)}" in bucket.keys("renditions/")
    assert moved.preview.length_samples == 6 * 44_100
    tracks.remove(track=moved)
    assert bucket.keys("originals/") == []
    assert jobs.ordered() == []


def test_covers_are_public_in_the_bucket_and_audio_is_not(bucket: buckets.Bucket, ana: Artist) -> None:
    image = io.BytesIO()
    Image.new("RGB", (700, 700), "#c04020").save(image, "PNG")
    image.seek(0)
    casset = cassets.set_cover(casset=make.casset(ana), picture=cassets.store_cover(image))
    for width in (160, 640):
        url = pictures.url(casset.cover, "covers", width)
        assert url.startswith(f"{bucket.endpoint}/{buckets.NAME}/media/covers/")
        assert "?" not in url  # no signature: cached for ever
        assert url.partition(f"{buckets.NAME}/")[2] in bucket.keys("media/covers/")
    stored = bucket.client.head_object(Bucket=buckets.NAME, Key=bucket.keys("media/covers/")[0])
    assert "immutable" in stored["CacheControl"]
    for private in (files.renditions().url("ab/c.mp3"), files.originals().url("1/c.wav")):
        assert "Signature=" in private


def test_orphans_in_the_bucket_are_collected_and_named_files_stay(
    bucket: buckets.Bucket, ana: Artist, monkeypatch: pytest.MonkeyPatch
) -> None:
    track = ingested(make.casset(ana), sounds.file("wav"))
    named = set(bucket.keys())
    files.put_rendition(ContentFile(b"nobody names me").open())
    files.originals().save("77/orphan", ContentFile(b"x"))
    default_storage.save(files.spectrum_key("f" * 64), ContentFile(b"x"))
    assert files.collect() == 0  # all are young
    monkeypatch.setattr(files, "GRACE", -files.GRACE)
    assert files.collect() == 3
    assert set(bucket.keys()) == named
    assert track.pk


def told(body: bytes, start: int, stop: int, size: int, *, status: str = "206 Partial Content") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Range: bytes {start}-{stop - 1}/{size}\r\n"
    return f"{head}Content-Length: {stop - start}\r\n\r\n".encode() + body


FAILURES = {
    "hangs up": b"",
    "500": b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 6\r\n\r\nsecret",
    "403": b"HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\n\r\nsecret",
    "404": b"HTTP/1.1 404 Not Found\r\nContent-Length: 6\r\n\r\nsecret",
    "range ignored": b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + b"z" * 100,
    "redirect": b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n",
    "another range": told(b"z" * 10, 5, 15, 100),
    "no HTTP": b"nonsense\r\n\r\n",
}


def test_a_bucket_that_fails_before_the_first_byte_is_told_as_503(
    origin: buckets.Origin, ana: Artist, caplog: pytest.LogCaptureFixture
) -> None:
    src = _src_with_rows_only(ana)
    for name, origin.answer in FAILURES.items():
        refused = get(src, range="bytes=0-9")
        assert (refused.status, refused.body, refused.complete) == (503, b"", True), name
        assert refused.headers["cache-control"] == "no-store"
        assert "retry-after" in refused.headers
        assert not {"etag", "content-range", "location"} & set(refused.headers)
    assert "Signature" not in caplog.text
    assert origin.endpoint not in caplog.text


def test_a_bucket_that_refuses_connections_is_told_as_503(
    origin: buckets.Origin, ana: Artist, caplog: pytest.LogCaptureFixture
) -> None:
    src = _src_with_rows_only(ana)
    origin.close()
    assert get(src).status == 503
    assert "Signature" not in caplog.text


def test_a_bucket_that_breaks_off_ends_the_answer_unfinished(
    origin: buckets.Origin, ana: Artist, caplog: pytest.LogCaptureFixture
) -> None:
    src = _src_with_rows_only(ana)
    origin.answer = told(b"z" * 4_000, 0, 50_000, 50_000)
    cut = get(src, range="bytes=0-49999")
    assert cut.status == 206
    assert cut.complete is False
    assert cut.body == b"z" * 4_000  # what came, nothing padded
    assert "The bucket failed at byte 4000" in caplog.text
    assert "Signature" not in caplog.text


def test_a_bucket_that_stalls_is_given_up(
    origin: buckets.Origin, ana: Artist, monkeypatch: pytest.MonkeyPatch
) -> None:
    src = _src_with_rows_only(ana)
    monkeypatch.setattr(store, "READ_TIMEOUT_S", 0.3)
    origin.stalls = True
    assert get(src).status == 503
    origin.answer = told(b"z" * 1_000, 0, 50_000, 50_000)
    cut = get(src, range="bytes=0-49999")
    assert (cut.status, cut.complete, cut.body) == (206, False, b"z" * 1_000)


def test_a_bucket_that_sends_too_much_is_cut_to_the_range(origin: buckets.Origin, ana: Artist) -> None:
    src = _src_with_rows_only(ana)
    head = b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-9/50000\r\nTransfer-Encoding: chunked\r\n\r\n"
    origin.answer = head + b"14\r\n" + b"z" * 20 + b"\r\n0\r\n\r\n"
    answer = get(src, range="bytes=0-9")
    assert (answer.status, answer.body, answer.complete) == (206, b"z" * 10, True)


def test_upstream_gets_the_range_and_nothing_of_the_listeners(origin: buckets.Origin, ana: Artist) -> None:
    src = _src_with_rows_only(ana)
    origin.answer = told(b"z" * 10, 0, 10, 50_000)
    assert get(src, range="bytes=0-9", if_range='"other"', authorization="Basic x").status == 503
    assert get(src, range="bytes=0-9", if_match="*").body == b"z" * 10
    for request in origin.requests:
        head = request.lower()
        assert "cookie" not in head
        assert "if-range" not in head
        assert "basic x" not in head
        assert LISTENER not in head


def _src_with_rows_only(ana: Artist) -> str:
    """A signed address of a preview whose bytes are the origin's business."""
    casset = make.casset(ana)
    row = Track.objects.create(casset=casset, title="T", slug="t", duration_samples=44_100 * 60)
    for name, scope in (("stream", streams.Scope.FULL), ("preview", streams.Scope.PREVIEW)):
        rendition = row.renditions.create(
            scope=scope, sha256=str(scope.value) * 64, size=50_000, length_samples=1
        )
        setattr(row, name, rendition)
    row.status = TrackStatus.READY
    row.save()
    return src_of(row)
