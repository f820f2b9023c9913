"""The Celery application and its schedule. Tasks take ids, re-read their rows, and may run twice without harm."""

import os

from celery import Celery
from django.core.cache import cache
from django.utils import timezone

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casset_site.settings.local")

app = Celery("casset")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

app.conf.task_routes = {"audio.ingest.*": {"queue": "media"}}
app.conf.beat_schedule = {
    # Each job only wakes; what is due is decided from the rows.
    "ingest-sweep": {"task": "audio.ingest.sweep", "schedule": 30.0},
    "uploads-expire": {"task": "audio.uploads.expire", "schedule": 600.0},
    "files-collect": {"task": "audio.files.collect", "schedule": 3600.0},
    "beat-seen": {"task": "casset_site.beat_seen", "schedule": 30.0},
}

BEAT_SEEN_KEY = "beat-seen"


@app.task(name="casset_site.beat_seen")
def beat_seen(**_: object) -> None:
    """Proof for /readyz that the schedule and a worker are running."""
    cache.set(BEAT_SEEN_KEY, timezone.now().timestamp(), 600)
