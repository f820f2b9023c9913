"""The bytes of an upload, through any split, repeats, crashes and full disks."""

import errno
import io
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from accounts.models import Artist
from audio.models import Casset, Track, Upload, UploadStatus
from audio.services import uploads
from casset_site.outbox.models import Job
from tests import make

pytestmark = pytest.mark.django_db
DATA = bytes(range(256)) * 4


@pytest.fixture
def casset(ana: Artist, settings: Settings, tmp_path: Path) -> Casset:
    settings.UPLOAD_DIR = tmp_path / "uploads"
    return make.casset(ana)


def begun(casset: Casset, size: int = len(DATA)) -> Upload:
    return uploads.begin(casset=casset, filename="song.wav", size=size)


def put(upload: Upload, offset: int, data: bytes) -> Upload:
    return uploads.append(upload=Upload.objects.get(pk=upload.pk), offset=offset, body=io.BytesIO(data))


# A piece: how far it goes, whether it is sent twice, whether it loses its tail in a dropped connection,
# and whether the process dies after the bytes but before the row.
PIECES = st.lists(
    st.tuples(st.integers(1, 600), st.booleans(), st.integers(0, 50), st.booleans()), max_size=12
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PIECES)
def test_any_split_with_repeats_and_crashes_gives_the_same_bytes(
    casset: Casset, pieces: list[tuple[int, bool, int, bool]]
) -> None:
    upload = begun(casset)
    tracks = Track.objects.count()
    for length, twice, lost, crashed in [*pieces, (len(DATA), False, 0, False)]:
        offset = Upload.objects.get(pk=upload.pk).received
        piece = DATA[offset : offset + length]
        if not piece:
            break
        if crashed:  # bytes that no row tells of lie behind what was received
            with uploads.path_of(upload).open("ab") as file:
                file.write(b"?" * len(piece))
        put(upload, offset, piece[: max(1, len(piece) - lost)])
        received = Upload.objects.get(pk=upload.pk).received
        if twice and received < len(DATA):
            with pytest.raises(uploads.UploadError) as refusal:
                put(upload, offset, piece)
            assert (refusal.value.status, str(refusal.value)) == (409, f"Continue at byte {received}.")
    offset = Upload.objects.get(pk=upload.pk).received
    if offset < len(DATA):
        put(upload, offset, DATA[offset:])
    assert uploads.path_of(upload).read_bytes() == DATA
    assert Upload.objects.get(pk=upload.pk).status == UploadStatus.COMPLETE
    assert Track.objects.count() == tracks + 1


def test_a_full_disk_keeps_what_was_stored_and_the_upload_goes_on_later(
    casset: Casset, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = begun(casset)
    put(upload, 0, DATA[:100])
    real = uploads._write_all

    def half_then_full(file: io.FileIO, block: bytes) -> int:
        real(file, block[: len(block) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(uploads, "_write_all", half_then_full)
        with pytest.raises(uploads.UploadError) as refusal:
            put(upload, 100, DATA[100:400])
    assert (refusal.value.status, str(refusal.value)) == (507, uploads.NO_ROOM)
    upload.refresh_from_db()
    assert (upload.received, upload.status) == (100, UploadStatus.OPEN)
    assert uploads.path_of(upload).read_bytes() == DATA[:100]
    put(upload, 100, DATA[100:])
    assert uploads.path_of(upload).read_bytes() == DATA
    assert Track.objects.count() == 1


class NearlyFull(io.FileIO):
    """A disk that takes at most 7 bytes at a time, as one that fills up does."""

    def write(self, data: object) -> int:  # type: ignore[override]
        return super().write(bytes(memoryview(data))[:7])  # type: ignore[arg-type]


def test_a_write_that_takes_a_part_is_continued(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.touch()
    with NearlyFull(path, "r+") as file:
        assert uploads._write(file, 0, io.BytesIO(DATA), most=len(DATA)) == len(DATA)
    assert path.read_bytes() == DATA


@pytest.mark.parametrize("left", [None, 40])
def test_bytes_that_the_disk_has_lost_are_asked_for_again(left: int | None, casset: Casset) -> None:
    """A new disk, or a power cut before the file reached it: zeros must not stand in for music."""
    upload = begun(casset)
    put(upload, 0, DATA[:100])
    path = uploads.path_of(upload)
    if left is None:
        path.unlink()
    else:
        os.truncate(path, left)
    with pytest.raises(uploads.UploadError) as refusal:
        put(upload, 100, DATA[100:])
    assert (refusal.value.status, str(refusal.value)) == (409, f"Continue at byte {left or 0}.")
    assert not Track.objects.exists()
    assert Upload.objects.get().received == (left or 0)
    put(upload, left or 0, DATA[left or 0 :])
    assert path.read_bytes() == DATA
    assert Track.objects.count() == 1


def test_a_piece_for_an_upload_cancelled_at_that_moment_leaves_no_file(casset: Casset) -> None:
    upload = begun(casset)
    Upload.objects.all().delete()
    with pytest.raises(uploads.UploadError) as refusal:
        uploads.append(upload=upload, offset=0, body=io.BytesIO(DATA))
    assert refusal.value.status == 410
    assert list(uploads.path_of(upload).parent.iterdir()) == []
    assert not Track.objects.exists()


def test_completing_twice_makes_one_track_and_one_job(casset: Casset) -> None:
    upload = begun(casset)
    put(upload, 0, DATA)
    uploads.complete(Upload.objects.get(pk=upload.pk))
    assert Track.objects.count() == Job.objects.count() == 1


def test_an_upload_that_nobody_continues_is_forgotten_and_a_finished_one_kept(casset: Casset) -> None:
    old, fresh, done = begun(casset), begun(casset), begun(casset)
    put(old, 0, DATA[:10])
    put(done, 0, DATA)
    Upload.objects.exclude(pk=fresh.pk).update(expires_at="2020-01-01T00:00Z")
    assert uploads.expire() == 1
    assert set(Upload.objects.values_list("pk", flat=True)) == {fresh.pk, done.pk}
    assert [path.name for path in uploads.path_of(old).parent.iterdir()] == [str(done.pk)]
    assert uploads.expire() == 0


@pytest.mark.parametrize(("size", "status"), [(0, 422), (-1, 422), (1024**3 + 1, 413)])
def test_an_upload_of_an_impossible_size_is_refused_before_anything_is_stored(
    size: int, status: int, casset: Casset
) -> None:
    with pytest.raises(uploads.UploadError) as refusal:
        begun(casset, size)
    assert refusal.value.status == status
    assert not Upload.objects.exists()
    assert not uploads.path_of(Upload()).parent.exists()
