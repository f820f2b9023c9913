"""Content-addressed files: streaming renditions, spectra, and artists' originals."""

import hashlib
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from celery import shared_task
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import Storage, default_storage, storages
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import Artist, User
from audio.models import Casset, Rendition, Track, Upload, UploadStatus

log = logging.getLogger(__name__)
BLOCK = 1024**2
# A file may be written a moment before the row that names it: younger files are never collected.
GRACE = timedelta(hours=1)
SPECTRA, COVERS, AVATARS = "spectra", "covers", "avatars"
BATCH = 500
UPLOAD = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def rendition_key(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256}.mp3"


def spectrum_key(sha256: str) -> str:
    return f"{SPECTRA}/{sha256}.bin"


def renditions() -> Storage:
    return storages["renditions"]


def originals() -> Storage:
    return storages["originals"]


def put_rendition(source: BinaryIO) -> str:
    """Store an MP3 under its own hash and return the hash; storing it again only makes it young."""
    return _put(source, renditions(), rendition_key)


def put_spectrum(source: BinaryIO) -> str:
    return _put(source, default_storage, spectrum_key)


def put_original(key: str, path: Path) -> None:
    with path.open("rb") as source:
        originals().save(key, File(source))


def delete_original(key: str) -> None:
    if key:
        originals().delete(key)


def _put(source: BinaryIO, storage: Storage, key_of: Callable[[str], str]) -> str:
    source.seek(0)
    digest = hashlib.sha256()
    while block := source.read(BLOCK):
        digest.update(block)
    sha256 = digest.hexdigest()
    key = key_of(sha256)
    if not _is_young(storage, key):
        source.seek(0)
        storage.save(key, File(source))
    return sha256


def _is_young(storage: Storage, key: str) -> bool:
    """Is it there, and far from being collected? Else `collect` could take it before its new row is written."""
    return storage.exists(key) and storage.get_modified_time(key) > timezone.now() - GRACE / 2


@shared_task(name="audio.files.collect")
def collect(**_: object) -> int:
    """Delete what no row names any more, once it is older than an hour; returns how many files went."""
    streamed = Track.objects.filter(Q(stream=OuterRef("pk")) | Q(preview=OuterRef("pk")))
    Rendition.objects.filter(~Exists(streamed), withdrawn_at__lt=timezone.now() - GRACE).delete()
    gone = _collect(renditions(), "", _known_renditions)
    gone += _collect(originals(), "", _known_originals)
    gone += _collect(default_storage, SPECTRA, _known_spectra)
    gone += _collect(default_storage, COVERS, _known_covers)
    gone += _collect(default_storage, AVATARS, _known_avatars)
    return gone + _collect_staged()


def _collect(storage: Storage, folder: str, known: Callable[[list[str]], set[str]]) -> int:
    """Ask for many keys at once which of them rows name; only the rest costs a look at its age."""
    gone, keys = 0, _walk(storage, folder)
    while batch := list(islice(keys, BATCH)):
        named = known(batch)
        for key in batch:
            if key not in named:
                gone += _delete_if_old(storage, key, known)
    return gone


def _delete_if_old(storage: Storage, key: str, known: Callable[[list[str]], set[str]]) -> bool:
    with suppress(FileNotFoundError):  # another collector was faster
        if storage.get_modified_time(key) < timezone.now() - GRACE and not known([key]):
            storage.delete(key)
            return True
    return False


def _known_renditions(keys: list[str]) -> set[str]:
    named = Rendition.objects.filter(sha256__in=[Path(key).stem for key in keys])
    return {rendition_key(sha256) for sha256 in named.values_list("sha256", flat=True)}


def _known_originals(keys: list[str]) -> set[str]:
    return set(Track.objects.filter(original_key__in=keys).values_list("original_key", flat=True))


def _known_spectra(keys: list[str]) -> set[str]:
    named = Track.objects.filter(spectrum__in=[Path(key).stem for key in keys])
    return {spectrum_key(sha256) for sha256 in named.values_list("spectrum", flat=True)}


def _known_covers(keys: list[str]) -> set[str]:
    hashes = {_picture_of(key) for key in keys}
    named = set(Casset.objects.filter(cover__in=hashes).values_list("cover", flat=True))
    return {key for key in keys if _picture_of(key) in named}


def _known_avatars(keys: list[str]) -> set[str]:
    hashes = {_picture_of(key) for key in keys}
    named = set(User.objects.filter(avatar__in=hashes).values_list("avatar", flat=True))
    named |= set(Artist.objects.filter(avatar__in=hashes).values_list("avatar", flat=True))
    return {key for key in keys if _picture_of(key) in named}


def _picture_of(key: str) -> str:
    """The hash in `covers/<hash>-<width>.webp`."""
    return Path(key).stem.partition("-")[0]


def _walk(storage: Storage, folder: str) -> Iterator[str]:
    try:
        folders, names = storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in names:
        yield f"{folder}/{name}" if folder else name
    for inner in folders:
        yield from _walk(storage, f"{folder}/{inner}" if folder else inner)


def _collect_staged() -> int:
    """Upload files whose row is gone, or whose audio has been kept as an original already."""
    gone = 0
    before = (timezone.now() - GRACE).timestamp()
    for path in Path(settings.UPLOAD_DIR).glob("*"):
        with suppress(FileNotFoundError):  # finished or cancelled meanwhile
            if UPLOAD.fullmatch(path.name) and path.stat().st_mtime < before and not _is_waiting(path.name):
                path.unlink()
                gone += 1
    return gone


def _is_waiting(upload: str) -> bool:
    return (
        Upload.objects.filter(pk=upload)
        .exclude(status=UploadStatus.COMPLETE, track__isnull=True)
        .exclude(track__original_key__gt="")
        .exists()
    )
