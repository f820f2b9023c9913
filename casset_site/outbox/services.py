"""Ordering a background job inside a transaction, and handing ordered jobs to the broker."""

import logging
from datetime import timedelta

from celery import current_app
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from kombu.exceptions import OperationalError

from casset_site.outbox.models import Job

log = logging.getLogger(__name__)
CHANNEL = "outbox"
LONGEST_WAIT_S = 60


def order(task: str, **kwargs: int | str) -> None:
    """Order a task together with the caller's own writes: both are committed or neither. Never talks to the broker."""
    Job.objects.create(task=task, kwargs=kwargs)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])


def relay(*, limit: int = 100) -> int:
    """Hand due jobs to the broker, oldest first, and return how many. Safe to run in several processes at once.

    The rows stay locked while the broker is spoken to, so that no other relay sends them too; nobody else wants them.
    """
    sent: list[int] = []
    with transaction.atomic(durable=True):
        for job in (
            Job.objects.select_for_update(skip_locked=True).filter(due_at__lte=Now()).order_by("id")[:limit]
        ):
            try:
                current_app.send_task(job.task, kwargs=job.kwargs, retry=False)
            except (OperationalError, OSError) as error:
                log.warning("The broker is away (%s); jobs wait in the outbox.", type(error).__name__)
                _postpone(job)
                break
            else:
                sent.append(job.pk)
        Job.objects.filter(pk__in=sent).delete()
    return len(sent)


def _postpone(job: Job) -> None:
    wait = timedelta(seconds=min(LONGEST_WAIT_S, 2 ** min(job.attempts, 10)))
    Job.objects.filter(pk=job.pk).update(attempts=F("attempts") + 1, due_at=Now() + wait)
