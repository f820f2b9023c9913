"""The heartbeat of the schedule: proof for /readyz that beat, broker and a worker are running."""

from celery import shared_task
from django.core.cache import cache
from django.utils import timezone

BEAT_SEEN_KEY = "beat-seen"


@shared_task(name="casset_site.beat_seen")
def beat_seen(**_: object) -> None:
    cache.set(BEAT_SEEN_KEY, timezone.now().timestamp(), 600)
