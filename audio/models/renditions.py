"""The immutable files that are streamed."""

from django.db import models
from django.db.models.functions import Now

from audio.models.tracks import SAMPLE_RATE, Track
from audio.stream_token import Scope


class Rendition(models.Model):
    """An immutable MP3 that is streamed. `sha256` is its storage key and its ETag; a preview is a window of a full one.

    `frame_index` is the serialised index of a full rendition (see audio.mp3). Once `withdrawn_at` is set, tokens for
    it are refused; the row outlives them, also that of a removed track, and the file goes with the last row naming it.
    """

    track = models.ForeignKey(Track, models.SET_NULL, null=True, related_name="renditions")
    scope = models.PositiveSmallIntegerField(choices=[(scope.value, scope.name.title()) for scope in Scope])
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    frame_index = models.BinaryField(default=bytes, editable=False)
    start_samples = models.PositiveBigIntegerField(default=0)
    length_samples = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["track", "scope", "sha256"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="rendition_unique_in_use",
            ),
            models.CheckConstraint(
                condition=models.Q(scope__in=[scope.value for scope in Scope]), name="rendition_scope_known"
            ),
            models.CheckConstraint(condition=models.Q(length_samples__gt=0), name="rendition_has_length"),
        )
        indexes = (
            models.Index(fields=["sha256"], name="rendition_by_content"),
            models.Index(
                fields=["withdrawn_at"],
                name="rendition_withdrawn",
                condition=models.Q(withdrawn_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_scope_display()} of {self.track_id}"

    @property
    def length_ms(self) -> int:
        return self.length_samples * 1000 // SAMPLE_RATE
