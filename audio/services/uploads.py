"""Files on their way in: resumable uploads in pieces (tus 1.0), which become tracks once they are whole."""

import errno
import fcntl
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import Artist
from audio.models import Casset, TrackStatus, Upload, UploadStatus
from audio.services import tracks
from casset_site.outbox import services as outbox

BLOCK = 256 * 1024
FULL = (errno.ENOSPC, errno.EDQUOT)
NO_ROOM = "There is no room for this file just now. Please try again later."


class UploadError(Exception):
    """The piece was not taken. `status` is the HTTP answer that says so; the message is for the artist."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def path_of(upload: Upload) -> Path:
    return Path(settings.UPLOAD_DIR) / str(upload.pk)


def begin(*, casset: Casset, filename: str, size: int) -> Upload:
    """Open an upload of `size` bytes. Raises UploadError, before a byte is stored, if it is too large."""
    if size > settings.UPLOAD_MAX_BYTES:
        limit = settings.UPLOAD_MAX_BYTES // 1024**2
        raise UploadError(413, f"“{filename}” is too large: a file may have up to {limit:,} MB.")
    if size < 1:
        raise UploadError(422, f"“{filename}” is empty.")
    with transaction.atomic(durable=True):
        require_room(casset.artist_id)
        place = tracks.next_position(casset)
        return Upload.objects.create(
            casset=casset, filename=filename, size=size, position=place, expires_at=_expiry()
        )


def require_room(artist_id: int) -> None:
    """Refuse one unfinished upload too many. Needs a transaction: the artist is locked, lest two be the last."""
    Artist.objects.select_for_update(of=("self",), no_key=True).get(pk=artist_id)
    open_now = Upload.objects.filter(casset__artist=artist_id, status=UploadStatus.OPEN)
    if open_now.count() >= settings.UPLOAD_MAX_OPEN:
        raise UploadError(429, "Too many unfinished uploads. Finish or cancel some first.")


def append(*, upload: Upload, offset: int, body: BinaryIO) -> Upload:
    """Write a piece at `offset` and, with the last one, make the track. Raises UploadError; what was stored stays."""
    with exclusive(upload) as file:
        _require_open(upload)
        _require_stored(upload, file)
        if offset != upload.received:
            raise UploadError(409, f"Continue at byte {upload.received}.")
        written = _write(file, offset, body, most=upload.size - offset)
        upload.received = offset + written
        if upload.received == upload.size:
            os.fsync(file.fileno())
            complete(upload)
        else:
            Upload.objects.filter(pk=upload.pk).update(received=upload.received, expires_at=_expiry())
    return upload


def complete(upload: Upload) -> None:
    """Turn a whole file into a waiting track and order its processing. Once only: the row's status decides."""
    with transaction.atomic(durable=True):
        done = Upload.objects.filter(pk=upload.pk, status=UploadStatus.OPEN).update(
            status=UploadStatus.COMPLETE, received=upload.received
        )
        if not done:
            return
        upload.track = tracks.add(
            casset=upload.casset, filename=upload.filename, size=upload.received, position=upload.position
        )
        upload.status = UploadStatus.COMPLETE
        Upload.objects.filter(pk=upload.pk).update(track=upload.track)
        outbox.order("audio.ingest.process", track_id=upload.track.pk)


def discard(*, upload: Upload) -> None:
    """Forget an unfinished upload and its bytes."""
    deleted, _ = Upload.objects.filter(pk=upload.pk).exclude(status=UploadStatus.COMPLETE).delete()
    if deleted:
        path_of(upload).unlink(missing_ok=True)


@shared_task(name="audio.uploads.expire")
def expire(**_: object) -> int:
    """Forget uploads that nobody continued for a day, and those that have long become tracks; returns how many."""
    over = Upload.objects.filter(expires_at__lt=timezone.now())
    old = list(over.filter(status__in=[UploadStatus.OPEN, UploadStatus.FAILED]))
    for upload in old:
        discard(upload=upload)
    pending = [TrackStatus.UPLOADED, TrackStatus.PROCESSING]
    finished = over.filter(status=UploadStatus.COMPLETE).exclude(track__status__in=pending).delete()
    return len(old) + finished[0]


def _expiry() -> datetime:
    return timezone.now() + timedelta(seconds=settings.UPLOAD_LIFETIME_S)


def _require_open(upload: Upload) -> None:
    """Read the row anew, under the lock on its file."""
    try:
        upload.refresh_from_db()
    except Upload.DoesNotExist:
        path_of(upload).unlink(missing_ok=True)
        raise UploadError(410, "This upload was cancelled.") from None
    if upload.status != UploadStatus.OPEN:
        raise UploadError(410, "This upload is over.")


def _require_stored(upload: Upload, file: io.FileIO) -> None:
    """Go back to what this disk has, should a crash or a new disk have lost what the row says was received."""
    stored = os.fstat(file.fileno()).st_size
    if stored < upload.received:
        Upload.objects.filter(pk=upload.pk).update(received=stored)
        raise UploadError(409, f"Continue at byte {stored}.")


@contextmanager
def exclusive(upload: Upload) -> Iterator[io.FileIO]:
    """The upload's file, with no other writer in any process."""
    path = path_of(upload)
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with io.FileIO(descriptor, "r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EACCES, errno.EAGAIN):
                raise
            raise UploadError(
                423, "Another piece of this file is being stored. Try again in a moment."
            ) from None
        yield file


def _write(file: io.FileIO, offset: int, body: BinaryIO, *, most: int) -> int:
    """Store at most `most` bytes at `offset`; bytes left by a crash behind it are overwritten or cut off."""
    file.truncate(offset)
    file.seek(offset)
    written = 0
    try:
        while block := body.read(min(BLOCK, most - written + 1)):
            if written + len(block) > most:
                raise UploadError(413, "More bytes came than the file was said to have.")
            written += _write_all(file, block)
    except OSError as error:
        file.truncate(offset)
        if error.errno in FULL:
            raise UploadError(507, NO_ROOM) from error
        raise
    except UploadError:
        file.truncate(offset)
        raise
    return written


def _write_all(file: io.FileIO, block: bytes) -> int:
    """A disk that fills up takes a part first, and only then says so."""
    rest = memoryview(block)
    while rest:
        rest = rest[file.write(rest) :]
    return len(block)
