"""A track from a web address: fetched by a background job behind the outbound guard, then ingested like an upload."""

import io
import ipaddress
import logging
from contextlib import suppress
from datetime import timedelta
from urllib.parse import unquote, urlsplit

from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from audio.models import Casset, Upload, UploadStatus
from audio.services import tracks, uploads
from casset_site.lib import destinations, outbound
from casset_site.outbox import services as outbox

log = logging.getLogger(__name__)
TIMEOUT_S = 300
LONGEST_URL = 2000
SCHEMES = ("https", "http")  # the second is told apart by the policy


def begin(*, casset: Casset, url: str) -> Upload:
    """Order the fetch of an https:// or ipfs:// address. Raises outbound.OutboundRefused for what is neither."""
    _require_address(url)
    with transaction.atomic(durable=True):
        uploads.require_room(casset.artist_id)
        upload = Upload.objects.create(
            casset=casset,
            filename=_filename(url),
            source_url=url,
            position=tracks.next_position(casset),
            size=settings.UPLOAD_MAX_BYTES,
            expires_at=timezone.now() + timedelta(seconds=settings.UPLOAD_LIFETIME_S),
        )
        outbox.order("audio.imports.fetch", upload_id=str(upload.pk))
    return upload


@shared_task(name="audio.imports.fetch")
def fetch(*, upload_id: str, **_: object) -> None:
    """Fetch into the upload folder and make the track; a refusal is kept on the upload for the artist to read."""
    upload = Upload.objects.filter(pk=upload_id, status=UploadStatus.OPEN).select_related("casset").first()
    if upload is None:
        return
    try:
        with uploads.exclusive(upload) as raw:
            raw.truncate(0)  # what a killed try left
            size = _download(upload, raw)
            if _still_wanted(upload).update(received=size, size=size):
                upload.received = upload.size = size
                uploads.complete(upload)
            else:
                uploads.path_of(upload).unlink(missing_ok=True)
    except uploads.UploadError:
        log.info("Import %s is being fetched by another worker.", upload.pk)
    except outbound.OutboundRefused as refusal:
        _fail(upload, str(refusal))
    except OSError as error:
        if error.errno not in uploads.FULL:
            raise
        _fail(upload, uploads.NO_ROOM)


@shared_task(name="audio.imports.sweep")
def sweep(**_: object) -> int:
    """Order again what a lost message or a dead worker left; one under way holds its file's lock. Returns how many."""
    before = timezone.now() - timedelta(seconds=2 * TIMEOUT_S)
    waiting = Upload.objects.filter(status=UploadStatus.OPEN, created_at__lt=before).exclude(source_url="")
    ids = list(waiting.values_list("pk", flat=True))
    for pk in ids:
        outbox.order("audio.imports.fetch", upload_id=str(pk))
    return len(ids)


def _require_address(url: str) -> None:
    """Refuse at once, with nothing stored, what would be refused without asking the network."""
    scheme, separator, _ = url.partition("://")
    if len(url) > LONGEST_URL:
        raise outbound.OutboundRefused("bad_url")
    if scheme.lower() == "ipfs":
        destinations.ipfs_addresses(url, settings.IPFS_GATEWAYS)
    elif separator and scheme.lower() not in SCHEMES:
        raise outbound.OutboundRefused("bad_scheme")
    else:
        _require_public(outbound.PUBLIC.parse(url).host or "")


def _require_public(host: str) -> None:
    """Names are looked up when they are fetched; an address written in numbers is judged now."""
    with suppress(ValueError):
        ipaddress.ip_address(host)
        if not outbound.PUBLIC.is_public(host):
            raise outbound.OutboundRefused("private_address")


def _download(upload: Upload, raw: io.FileIO) -> int:
    """The number of bytes fetched into `raw`."""
    file = io.BufferedWriter(raw)
    try:
        limit = settings.UPLOAD_MAX_BYTES
        fetched = outbound.fetch_to_file(upload.source_url, file, max_bytes=limit, timeout_s=TIMEOUT_S)
        file.flush()
    finally:
        file.detach()  # the lock goes with `raw`
    return fetched.bytes


def _still_wanted(upload: Upload) -> QuerySet[Upload]:
    """The row, unless the artist has cancelled the import meanwhile."""
    return Upload.objects.filter(pk=upload.pk, status=UploadStatus.OPEN)


def _fail(upload: Upload, message: str) -> None:
    _still_wanted(upload).update(status=UploadStatus.FAILED, error=message)
    uploads.path_of(upload).unlink(missing_ok=True)


def _filename(url: str) -> str:
    last = unquote(urlsplit(url).path.rsplit("/", 1)[-1])
    return "".join(filter(str.isprintable, last)).strip()[:200] or "Imported track"
