"""Background jobs wait here from the transaction that orders them until a relay has handed them to the broker."""

from django.db import models
from django.db.models.functions import Now


class Job(models.Model):
    """One call of one task. The row goes once the broker has it; a crash in between sends it twice, never not."""

    task = models.CharField(max_length=120)
    kwargs = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    attempts = models.PositiveIntegerField(default=0, db_default=0)
    due_at = models.DateTimeField(db_default=Now())

    class Meta:
        app_label = "outbox"
        indexes = (models.Index(fields=["due_at", "id"], name="outbox_job_due"),)

    def __str__(self) -> str:
        return f"{self.task}({self.kwargs})"
