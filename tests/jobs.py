"""Background jobs in tests: what was ordered, run here and now."""

from casset_site.celery import app
from casset_site.outbox.models import Job

app.loader.import_default_modules()


def ordered() -> list[tuple[str, dict[str, object]]]:
    return [(job.task, job.kwargs) for job in Job.objects.order_by("id")]


def run() -> int:
    """Run everything that was ordered, and what that orders in turn; returns how many jobs."""
    done = 0
    while (job := Job.objects.order_by("id").first()) is not None:
        job.delete()
        app.tasks[job.task].apply(kwargs=job.kwargs, throw=True)
        done += 1
    return done
