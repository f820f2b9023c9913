"""Content-addressed files: streaming renditions, spectra, and artists' originals."""

import hashlib
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from celery import shared_task
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import Storage, default_storage, storages
from django.utils import timezone

from audio.models import Rendition, Track, Upload, UploadStatus

log = logging.getLogger(__name__)
BLOCK = 1024**2
# A file may be written a moment before the row that names it: younger files are never collected.
GRACE = timedelta(hours=1)
SPECTRA = "spectra"
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
    before = timezone.now() - GRACE
    Rendition.objects.filter(withdrawn_at__lt=before).delete()
    gone = 0
    for storage, folder, known in (
        (renditions(), "", _known_renditions),
        (originals(), "", _known_originals),
        (default_storage, SPECTRA, _known_spectra),
    ):
        for key in _walk(storage, folder):
            with suppress(FileNotFoundError):  # another collector was faster
                if storage.get_modified_time(key) < before and not known(key):
                    storage.delete(key)
                    gone += 1
    return gone + _collect_staged()


def _known_renditions(key: str) -> bool:
    return Rendition.objects.filter(sha256=Path(key).stem).exists()


def _known_originals(key: str) -> bool:
    return Track.objects.filter(original_key=key).exists()


def _known_spectra(key: str) -> bool:
    return Track.objects.filter(spectrum=Path(key).stem).exists()


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
