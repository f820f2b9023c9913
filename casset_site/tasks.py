"""The site's own jobs: the heartbeat of the schedule, and sweeping up sessions."""

from celery import shared_task
from django.core.cache import cache
from django.core.management import call_command
from django.utils import timezone

BEAT_SEEN_KEY = "beat-seen"


@shared_task(name="casset_site.beat_seen")
def beat_seen(**_: object) -> None:
    """Proof for /readyz that beat, broker and a worker are running."""
    cache.set(BEAT_SEEN_KEY, timezone.now().timestamp(), 600)


@shared_task(name="casset_site.clear_sessions")
def clear_sessions(**_: object) -> None:
    """Delete sessions that have ended by themselves; nobody else does, and each visitor with a form leaves one."""
    call_command("clearsessions")
