"""What is kept and what is collected of the files under content hashes."""

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Artist, User
from audio.models import Rendition, Track, Upload, UploadStatus
from audio.services import files, tracks
from audio.stream_token import Scope
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folders(settings: Settings, tmp_path: Path) -> None:
    """Storages of this test's own, so that counts are exact."""
    backend = settings.STORAGES["renditions"]["BACKEND"]
    own = {
        name: {"BACKEND": backend, "OPTIONS": {"location": str(tmp_path / name), "base_url": "/media/"}}
        for name in ("default", "originals", "renditions")
    }
    settings.STORAGES = {**settings.STORAGES, **own}
    settings.UPLOAD_DIR = tmp_path / "uploads"
    settings.UPLOAD_DIR.mkdir()


def age(path: str | Path, hours: float = 2) -> None:
    then = time.time() - hours * 3600
    os.utime(path, (then, then))


def age_all() -> None:
    for alias in ("default", "originals", "renditions"):
        for path in Path(storages[alias].location).rglob("*"):
            if path.is_file():
                age(path)


def stored(alias: str) -> set[str]:
    root = Path(storages[alias].location)
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def staged(name: str, hours: float = 2) -> Path:
    path = Path(django_settings.UPLOAD_DIR) / name
    path.write_bytes(b"x")
    age(path, hours)
    return path


def long_withdrawn() -> None:
    Rendition.objects.exclude(withdrawn_at=None).update(withdrawn_at=timezone.now() - timedelta(hours=2))
    age_all()


def test_covers_and_portraits_go_when_nobody_shows_them(ana: Artist) -> None:
    shown, gone, portrait = "a" * 32, "b" * 32, "c" * 32
    make.casset(ana, cover=shown)
    User.objects.filter(pk=ana.user.pk).update(avatar=portrait)
    kept = {f"covers/{shown}-640.webp", f"avatars/{portrait}-96.webp"}
    for name in (*kept, f"covers/{gone}-640.webp", f"avatars/{gone}-96.webp"):
        default_storage.save(name, ContentFile(b"x"))
    age_all()
    assert files.collect() == 2
    assert stored("default") == kept


def test_what_a_row_names_is_kept_and_the_rest_goes_after_an_hour(ana: Artist) -> None:
    track = make.track(make.casset(ana), original_key="1/kept", spectrum="a" * 64)
    named = stored("renditions")
    for key in ("1/kept", "1/gone"):
        files.originals().save(key, ContentFile(b"x"))
    for sha in ("a" * 64, "b" * 64):
        default_storage.save(files.spectrum_key(sha), ContentFile(b"x"))
    default_storage.save("other/not-ours.webp", ContentFile(b"x"))
    files.put_rendition(ContentFile(b"nobody names me").open())
    assert files.collect() == 0  # all are young
    age_all()
    assert files.collect() == 3
    assert stored("renditions") == named
    assert stored("originals") == {"1/kept"}
    assert stored("default") == {files.spectrum_key("a" * 64), "other/not-ours.webp"}
    assert files.collect() == 0
    assert track.pk


def test_a_withdrawn_rendition_goes_with_its_file_after_an_hour(ana: Artist) -> None:
    track = make.track(make.casset(ana))
    old = track.preview
    track.preview = make.rendition(track, Scope.PREVIEW, 44_100, "another window")
    track.save()
    Rendition.objects.filter(pk=old.pk).update(withdrawn_at=timezone.now() - timedelta(minutes=50))
    age_all()
    assert files.collect() == 0
    Rendition.objects.filter(pk=old.pk).update(withdrawn_at=timezone.now() - timedelta(minutes=70))
    assert files.collect() == 1
    assert stored("renditions") == {files.rendition_key(row.sha256) for row in (track.stream, track.preview)}


def test_a_file_that_two_rows_name_stays_until_both_are_gone(ana: Artist) -> None:
    first, second = make.track(make.casset(ana)), make.track(make.casset(ana, "Side B"))
    Rendition.objects.filter(pk=second.stream_id).update(sha256=first.stream.sha256)
    tracks.remove(track=first)
    long_withdrawn()
    files.collect()
    assert files.rendition_key(first.stream.sha256) in stored("renditions")
    tracks.remove(track=second)
    long_withdrawn()
    files.collect()
    assert stored("renditions") == set()


def test_storing_an_old_file_again_keeps_it_from_the_collector() -> None:
    """Else it could go between being found here and its new row being written."""
    sha256 = files.put_rendition(ContentFile(b"music").open())
    age_all()
    assert files.put_rendition(ContentFile(b"music").open()) == sha256
    assert files.collect() == 0
    assert files.renditions().open(files.rendition_key(sha256)).read() == b"music"


def test_what_was_half_written_by_a_dead_process_is_collected() -> None:
    part = Path(files.renditions().path("ab/.part-xyz"))
    part.parent.mkdir(parents=True)
    part.write_bytes(b"x")
    age(part)
    assert files.collect() == 1
    assert not part.exists()


def test_uploads_that_wait_are_kept_and_the_others_go(ana: Artist) -> None:
    casset = make.casset(ana)
    expiry = timezone.now() + timedelta(days=1)
    row = {"casset": casset, "filename": "a.wav", "size": 1, "expires_at": expiry}
    whole = {**row, "received": 1, "status": UploadStatus.COMPLETE}
    open_, failed = Upload.objects.create(**row), Upload.objects.create(**row, status=UploadStatus.FAILED)
    waiting = Upload.objects.create(**whole, track=make.track(casset, ready=False))
    ingested = Upload.objects.create(**whole, track=make.track(casset, original_key="1/kept"))
    removed = Upload.objects.create(**whole)
    kept = {staged(str(upload.pk)) for upload in (open_, failed, waiting)}
    gone = {staged(str(upload.pk)) for upload in (ingested, removed)}
    gone.add(staged("0" * 8 + "-0000-4000-8000-" + "0" * 12))
    young = staged("1" * 8 + "-0000-4000-8000-" + "0" * 12, hours=0.5)
    assert files.collect() == 3
    assert all(path.exists() for path in {*kept, young})
    assert not any(path.exists() for path in gone)


def test_strange_things_in_the_upload_folder_are_left_alone() -> None:
    strange = staged(".DS_Store")
    folder = Path(django_settings.UPLOAD_DIR) / "lost+found"
    folder.mkdir()
    age(folder)
    assert files.collect() == 0
    assert strange.exists()
    assert folder.exists()


def test_two_collectors_at_once_do_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    files.put_rendition(ContentFile(b"nobody names me").open())
    files.put_rendition(ContentFile(b"nor me").open())
    age_all()
    ours, taken = storages["renditions"], []
    look = ours.get_modified_time

    def look_too_late(key: str) -> object:
        if not taken:
            taken.append(key)
            ours.delete(key)
        return look(key)

    monkeypatch.setattr(ours, "get_modified_time", look_too_late)
    assert files.collect() == 1
    assert stored("renditions") == set()


def test_a_full_disk_leaves_no_half_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        files.put_rendition(ContentFile(b"music").open())
    assert stored("renditions") == set()
    assert not Track.objects.exists()
