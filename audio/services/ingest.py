"""From an uploaded file to a track that can be heard. Every step may be killed at any line and done again.

The track's row is the truth: a worker claims it with a lease, and only the claim that still stands writes the result.
Files are written under their content's hash before the rows that name them; temporary files have no name at all.
"""

import logging
import shutil
import tempfile
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from celery import shared_task
from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from audio.decoder import run as decoder
from audio.models import Casset, Rendition, Track, TrackStatus, Upload
from audio.mp3 import FrameIndex, NotMp3Error
from audio.services import cassets, files, names, previews, tracks, uploads
from audio.stream_token import Scope
from casset_site import metrics
from casset_site.outbox import services as outbox

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=6)
MOST_CRASHES = 3
RETRY = timedelta(minutes=1)
ROOM_BYTES = 512 * 1024**2  # with less, a crash is more likely our disk's fault than the file's
SPOOL_BYTES = 1024**2


class Claim:
    """A worker's right to finish a track, while its attempt is the newest."""

    def __init__(self, track: Track) -> None:
        self.track = track

    def holders(self) -> "models.QuerySet[Track]":
        track = self.track
        return Track.objects.filter(pk=track.pk, attempt=track.attempt, status=TrackStatus.PROCESSING)

    def progress(self, percent: int) -> None:
        """Show how far it is, and keep the lease. Raises Superseded when the track is gone or someone else's."""
        now = timezone.now()
        if not self.holders().update(progress=min(99, percent), lease_until=now + LEASE):
            raise Superseded


class Superseded(Exception):
    """The track was removed, or another worker has taken over: this work is for nothing."""


@shared_task(name="audio.ingest.process")
def process(*, track_id: int, **_: object) -> None:
    """Decode, measure and encode one uploaded track. Doing it again, at any time, is harmless."""
    claim = claim_track(track_id)
    if claim is None:
        return
    try:
        with tempfile.TemporaryFile() as mp3, tempfile.TemporaryFile() as spectrum:
            decoded = _decode(claim, mp3, spectrum)
            _keep_original(claim)
            finish(claim, decoded, mp3, spectrum)
        metrics.INGESTS.labels("ready").inc()
    except decoder.Rejected as refusal:
        _reject(claim, refusal.code, str(refusal))
        metrics.INGESTS.labels("rejected").inc()
    except (decoder.DecoderCrashed, NotMp3Error) as fault:
        log.warning("The decoder crashed on track %s: %s", track_id, fault)
        _crashed(claim)
    except (decoder.DecoderUnavailable, OSError) as fault:
        log.exception("Track %s waits: this machine cannot process it now.", track_id, exc_info=fault)
        _give_back(claim)
    except Superseded:
        log.info("Track %s was taken over or removed while it was processed.", track_id)


@shared_task(name="audio.ingest.sweep")
def sweep(**_: object) -> int:
    """Order again what a lost message or a dead worker left behind; returns how many tracks."""
    now = timezone.now()
    left = Track.objects.filter(
        status__in=[TrackStatus.UPLOADED, TrackStatus.PROCESSING], lease_until__lt=now
    )
    ids = list(left.values_list("pk", flat=True))
    for pk in ids:
        outbox.order("audio.ingest.process", track_id=pk)
    waiting = Track.objects.filter(pk__in=ids, status=TrackStatus.UPLOADED)
    waiting.update(lease_until=now + tracks.ORDER_LEASE)
    return len(ids)


def claim_track(track_id: int) -> Claim | None:
    """Take a waiting track, or one whose worker has been silent past its lease."""
    now = timezone.now()
    free = Q(status=TrackStatus.UPLOADED) | Q(status=TrackStatus.PROCESSING, lease_until__lt=now)
    taken = Track.objects.filter(free, pk=track_id).update(
        status=TrackStatus.PROCESSING, attempt=F("attempt") + 1, lease_until=now + LEASE, progress=0
    )
    return Claim(Track.objects.select_related("casset__artist").get(pk=track_id)) if taken else None


def _crashed(claim: Claim) -> None:
    """Try again, a few times: a file that brings the decoder down each time is refused."""
    room = shutil.disk_usage(tempfile.gettempdir()).free > ROOM_BYTES
    if room and claim.track.crashes + 1 >= MOST_CRASHES:
        sorry = "This file made our decoder stop several times. Try exporting it again, as WAV or FLAC."
        _reject(claim, "crashed", sorry)
        return
    claim.holders().update(crashes=F("crashes") + int(room))
    _give_back(claim)


def _give_back(claim: Claim) -> None:
    """Not the file's fault: the sweep orders it again."""
    claim.holders().update(lease_until=timezone.now() + RETRY)


def _source(track: Track) -> AbstractContextManager[BinaryIO]:
    """The uploaded bytes: the finished upload, or the original that was kept of it."""
    staged = staged_path(track)
    if staged is not None and staged.exists():
        return staged.open("rb")
    spool = tempfile.TemporaryFile()  # noqa: SIM115  (closed by the caller's with)
    with files.originals().open(track.original_key) as original:
        for chunk in original.chunks(SPOOL_BYTES):
            spool.write(chunk)
    spool.seek(0)
    return spool


def staged_path(track: Track) -> Path | None:
    upload = Upload.objects.filter(track=track).first()
    return uploads.path_of(upload) if upload else None


def _decode(claim: Claim, mp3: BinaryIO, spectrum: BinaryIO) -> decoder.Decoded:
    limits = decoder.Limits(
        max_seconds=settings.TRACK_MAX_S, required_walls=frozenset(settings.DECODER_WALLS)
    )
    with _source(claim.track) as source:
        return decoder.decode(source, mp3, spectrum, limits=limits, on_progress=claim.progress)


def _keep_original(claim: Claim) -> None:
    """Move the upload to where originals live, once: collectors will download it."""
    try:
        claim.track.refresh_from_db(fields=["original_key"])
    except Track.DoesNotExist:
        raise Superseded from None
    staged = staged_path(claim.track)
    if claim.track.original_key or staged is None:
        return
    key = f"{claim.track.casset_id}/{staged.name}"
    files.put_original(key, staged)
    if not claim.holders().update(original_key=key, lease_until=timezone.now() + LEASE):
        raise Superseded
    claim.track.original_key = key
    staged.unlink(missing_ok=True)


def finish(claim: Claim, decoded: decoder.Decoded, mp3: BinaryIO, spectrum: BinaryIO) -> None:
    """Store the files, then write all that is known of the track at once, if the claim still stands.

    Raises Superseded, or NotMp3Error for a rendition that is none.
    """
    mp3.seek(0)
    index = FrameIndex.build(mp3.read())
    full = Rendition(
        scope=Scope.FULL,
        sha256=files.put_rendition(mp3),
        size=mp3.seek(0, 2),
        frame_index=index.to_bytes(),
        length_samples=index.total_samples,
    )
    start_ms, length_ms = _preview_window(claim.track, decoded, full.length_ms)
    cut = previews.cut_from(index, mp3, start_ms=start_ms, length_ms=length_ms)
    bands = files.put_spectrum(spectrum)
    with transaction.atomic(durable=True):
        Casset.objects.locked().get(pk=claim.track.casset_id)
        track = claim.holders().select_for_update(of=("self",), no_key=True).first()
        if track is None:
            raise Superseded
        full.track = track
        full.save()
        track.stream, track.preview = full, previews.save(track, cut)
        track.preview_start_ms, track.preview_length_ms = start_ms, length_ms
        track.spectrum, track.duration_samples = bands, index.total_samples
        _take_measurements(track, decoded)
        track.save()
        cassets.refresh_totals(track.casset_id)


def _preview_window(track: Track, decoded: decoder.Decoded, track_ms: int) -> tuple[int, int]:
    """Start and length in ms: what was chosen before, otherwise the loudest stretch."""
    length_ms = min(track.preview_length_ms, track_ms)
    if track.preview_start_ms:
        return min(track.preview_start_ms, track_ms - length_ms), length_ms
    return previews.best_start_ms(decoded.peaks, track_ms=track_ms, length_ms=length_ms), length_ms


def _take_measurements(track: Track, decoded: decoder.Decoded) -> None:
    track.status, track.progress, track.lease_until = TrackStatus.READY, 100, None
    track.reject_code = track.reject_message = ""
    track.codec, track.source_rate, track.source_channels = (
        decoded.codec,
        decoded.sample_rate,
        decoded.channels,
    )
    track.loudness_lufs, track.loudness_range_lu = decoded.loudness_lufs, decoded.loudness_range_lu
    track.true_peak_db, track.gain_db, track.peaks = decoded.true_peak_db, decoded.gain_db, decoded.peaks
    if decoded.title and track.title == names.title_from(track.original_name):
        taken = set(
            Track.objects.filter(casset=track.casset_id).exclude(pk=track.pk).values_list("slug", flat=True)
        )
        track.title = decoded.title[:120]
        track.slug = names.free(names.slug(track.title, fallback="track"), taken)


def _reject(claim: Claim, code: str, message: str) -> None:
    """Say what is wrong with the file and keep nothing of it."""
    with transaction.atomic(durable=True):
        Casset.objects.locked().filter(pk=claim.track.casset_id).first()
        rejected = claim.holders().update(
            status=TrackStatus.REJECTED,
            reject_code=code,
            reject_message=message,
            original_key="",
            lease_until=None,
            progress=0,
        )
        cassets.refresh_totals(claim.track.casset_id)
    if rejected:
        files.delete_original(claim.track.original_key)
        staged = staged_path(claim.track)
        if staged is not None:
            staged.unlink(missing_ok=True)
    log.info("Track %s was refused: %s.", claim.track.pk, code)
