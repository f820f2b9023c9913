"""From an uploaded file to a track that can be heard. Every step may be killed at any line and done again.

The track's row is the truth: a worker claims it with a lease, and only the claim that still stands writes the result.
Files are written under their content's hash before the rows that name them; temporary files have no name at all.
"""

import logging
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from audio.decoder import run as decoder
from audio.models import SAMPLE_RATE, Casset, Rendition, Track, TrackStatus, Upload
from audio.mp3 import FrameIndex
from audio.services import cassets, files, names, previews, uploads
from audio.stream_token import Scope
from casset_site import metrics
from casset_site.outbox import services as outbox

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=6)
MOST_ATTEMPTS = 3
SPOOL_BYTES = 1024**2
