"""A track from a web address: fetched by a background job behind the outbound guard, then ingested like an upload."""

import logging
from datetime import timedelta
from urllib.parse import unquote, urlsplit

from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from audio.models import Casset, Upload, UploadStatus
from audio.services import uploads
from casset_site.lib import outbound
from casset_site.outbox import services as outbox

log = logging.getLogger(__name__)
TIMEOUT_S = 300


def begin(*, casset: Casset, url: str) -> Upload:
    """Order the fetch of an https:// or ipfs:// address. Raises outbound.OutboundRefused for what is neither."""
    outbound.check_url(url)
    with transaction.atomic(durable=True):
        upload = Upload.objects.create(
            casset=casset,
            filename=_filename(url),
            source_url=url,
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
    path = uploads.path_of(upload)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("wb") as file:
            fetched = outbound.fetch_to_file(
                upload.source_url, file, max_bytes=settings.UPLOAD_MAX_BYTES, timeout_s=TIMEOUT_S
            )
    except outbound.OutboundRefused as refusal:
        path.unlink(missing_ok=True)
        Upload.objects.filter(pk=upload.pk, status=UploadStatus.OPEN).update(
            status=UploadStatus.FAILED, error=str(refusal)
        )
        return
    Upload.objects.filter(pk=upload.pk).update(received=fetched.bytes, size=fetched.bytes)
    upload.received = upload.size = fetched.bytes
    uploads.complete(upload)


def _filename(url: str) -> str:
    last = unquote(urlsplit(url).path.rsplit("/", 1)[-1])
    return last[:200] or "Imported track"
