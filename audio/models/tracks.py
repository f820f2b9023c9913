"""Tracks: their words, what became of the upload, what was measured, and what is streamed of them."""

from typing import TYPE_CHECKING

from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse

from accounts.models import User
from audio.models.cassets import Casset

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

SAMPLE_RATE = 44_100  # of every rendition, Hz
DEFAULT_PREVIEW_MS = 30_000
LONGEST_PREVIEW_MS = 90_000
ISRC_RULE = RegexValidator(
    r"^[A-Z]{2}[A-Z0-9]{3}\d{7}$",
    "An ISRC looks like USRC17607839: two letters, three letters or digits, seven digits.",
)


class TrackStatus(models.TextChoices):
    UPLOADED = "UPLOADED", "Waiting"
    PROCESSING = "PROCESSING", "Processing"
    READY = "READY", "Ready"
    REJECTED = "REJECTED", "Rejected"


class TrackQuerySet(models.QuerySet["Track"]):
    def owned_by(self, user: User) -> "TrackQuerySet":
        return self.filter(casset__artist__user=user)

    def ready(self) -> "TrackQuerySet":
        return self.filter(status=TrackStatus.READY)

    def visible_to(self, user: "User | AnonymousUser") -> "TrackQuerySet":
        return self.filter(casset__in=Casset.objects.visible_to(user).order_by())

    def in_order(self) -> "TrackQuerySet":
        return self.order_by("position", "pk")

    def with_casset(self) -> "TrackQuerySet":
        """Everything that a playable needs, and not the bulky columns."""
        return self.select_related("casset__artist").defer(
            "lyrics", "credits", "casset__notes", "casset__artist__bio"
        )

    def locked(self) -> "TrackQuerySet":
        return self.select_for_update(of=("self",), no_key=True).order_by("pk")


class Track(models.Model):
    """One piece of music. Lengths are those of the decoded audio in ms; `peaks` are 800 bytes over the whole track."""

    casset = models.ForeignKey(Casset, models.CASCADE, related_name="tracks")
    position = models.PositiveIntegerField(default=0)
    title = models.CharField(max_length=120)
    slug = models.SlugField(max_length=80)
    lyrics = models.TextField(
        max_length=20_000, blank=True, help_text="Plain, or timed lines like [01:23.45] in LRC."
    )
    credits = models.TextField(max_length=4000, blank=True)
    isrc = models.CharField("ISRC", max_length=12, blank=True, validators=[ISRC_RULE])
    premium_only = models.BooleanField(
        "collectors only", default=False, help_text="Only collectors hear it in full."
    )

    status = models.CharField(max_length=10, choices=TrackStatus, default=TrackStatus.UPLOADED)
    progress = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    attempt = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    crashes = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    # Until then somebody is taking care: a worker of a track in processing, a message of a waiting one.
    lease_until = models.DateTimeField(null=True, editable=False)
    reject_code = models.CharField(max_length=40, blank=True, editable=False)
    reject_message = models.CharField(max_length=300, blank=True, editable=False)

    original_key = models.CharField(max_length=200, blank=True, editable=False)
    original_name = models.CharField(max_length=200, blank=True, editable=False)
    original_bytes = models.PositiveBigIntegerField(default=0, editable=False)
    codec = models.CharField(max_length=20, blank=True, editable=False)
    source_rate = models.PositiveIntegerField(null=True, editable=False)
    source_channels = models.PositiveSmallIntegerField(null=True, editable=False)
    duration_samples = models.PositiveBigIntegerField(default=0, editable=False)
    loudness_lufs = models.FloatField(null=True, editable=False)
    loudness_range_lu = models.FloatField(null=True, editable=False)
    true_peak_db = models.FloatField(null=True, editable=False)
    gain_db = models.FloatField(null=True, editable=False)
    peaks = models.BinaryField(default=bytes, editable=False)
    spectrum = models.CharField(max_length=64, blank=True, editable=False)

    preview_start_ms = models.PositiveIntegerField(default=0)
    preview_length_ms = models.PositiveIntegerField(default=DEFAULT_PREVIEW_MS)
    stream = models.ForeignKey("Rendition", models.PROTECT, null=True, editable=False, related_name="+")
    preview = models.ForeignKey("Rendition", models.PROTECT, null=True, editable=False, related_name="+")

    play_count = models.PositiveBigIntegerField(default=0, db_default=0, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = TrackQuerySet.as_manager()

    class Meta:
        ordering = ("casset", "position", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["casset", "slug"],
                name="track_slug_unique_per_casset",
                violation_error_message="This casset has a track with this title already.",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=TrackStatus.values), name="track_status_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(status=TrackStatus.READY)
                | models.Q(duration_samples__gt=0, stream__isnull=False, preview__isnull=False),
                name="track_ready_has_audio",
            ),
            models.CheckConstraint(
                condition=models.Q(preview_length_ms__gt=0, preview_length_ms__lte=LONGEST_PREVIEW_MS),
                name="track_preview_length_in_bounds",
                violation_error_message="A preview lasts between a moment and 90 seconds.",
            ),
            models.CheckConstraint(condition=models.Q(progress__lte=100), name="track_progress_is_percent"),
        )
        indexes = (
            models.Index(fields=["casset", "position", "id"], name="track_in_order"),
            models.Index(
                fields=["lease_until"],
                name="track_pending",
                condition=models.Q(status__in=[TrackStatus.UPLOADED, TrackStatus.PROCESSING]),
            ),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("audio:track", args=[self.casset.artist.handle, self.casset.slug, self.slug])

    @property
    def duration_ms(self) -> int:
        return self.duration_samples * 1000 // SAMPLE_RATE

    @property
    def is_ready(self) -> bool:
        return self.status == TrackStatus.READY

    @property
    def is_pending(self) -> bool:
        return self.status in (TrackStatus.UPLOADED, TrackStatus.PROCESSING)
