"""The Celery application and its schedule. Tasks take ids, re-read their rows, and may run twice without harm."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casset_site.settings.local")

app = Celery("casset")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

app.conf.task_routes = {"audio.ingest.*": {"queue": "media"}}
app.conf.beat_schedule = {
    # Each job only wakes; what is due is decided from the rows.
    "ingest-sweep": {"task": "audio.ingest.sweep", "schedule": 30.0},
    "imports-sweep": {"task": "audio.imports.sweep", "schedule": 600.0},
    "uploads-expire": {"task": "audio.uploads.expire", "schedule": 600.0},
    "files-collect": {"task": "audio.files.collect", "schedule": 3600.0},
    "sessions-clear": {"task": "casset_site.clear_sessions", "schedule": 24 * 3600.0},
    "beat-seen": {"task": "casset_site.beat_seen", "schedule": 30.0},
}
