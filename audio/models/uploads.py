"""Files on their way in."""

import uuid

from django.db import models
from django.db.models.functions import Now

from audio.models.cassets import Casset
from audio.models.tracks import Track


class UploadStatus(models.TextChoices):
    OPEN = "OPEN", "Uploading"
    COMPLETE = "COMPLETE", "Complete"
    FAILED = "FAILED", "Failed"


class Upload(models.Model):
    """A file on its way in: `received` of `size` bytes lie in the upload folder under the id.

    It comes from the artist's device in pieces (tus 1.0), or from `source_url`, then `size` is the most it may have.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    casset = models.ForeignKey(Casset, models.CASCADE, related_name="uploads")
    position = models.PositiveIntegerField(default=0)  # the place its track will have: the order of choosing
    filename = models.CharField(max_length=200)
    source_url = models.CharField(max_length=2000, blank=True)
    error = models.CharField(max_length=300, blank=True)
    size = models.PositiveBigIntegerField()
    received = models.PositiveBigIntegerField(default=0, db_default=0)
    status = models.CharField(max_length=10, choices=UploadStatus, default=UploadStatus.OPEN)
    track = models.OneToOneField(Track, models.SET_NULL, null=True, blank=True, related_name="upload")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(status__in=UploadStatus.values), name="upload_status_known"
            ),
            models.CheckConstraint(
                condition=models.Q(received__lte=models.F("size")), name="upload_not_over_its_size"
            ),
            models.CheckConstraint(
                condition=~models.Q(status=UploadStatus.COMPLETE) | models.Q(received=models.F("size")),
                name="upload_complete_is_whole",
            ),
        )
        indexes = (
            models.Index(
                fields=["expires_at"],
                name="upload_open_by_expiry",
                condition=models.Q(status=UploadStatus.OPEN),
            ),
        )

    def __str__(self) -> str:
        return f"{self.filename} ({self.received} of {self.size} bytes)"
