"""Cassets and their tracks, the renditions that are streamed, who may hear them in full, and plays."""

import uuid
from typing import TYPE_CHECKING

from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower, Now
from django.urls import reverse

from accounts.models import COLOR_RULE, Artist, User
from audio.stream_token import Scope

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

SAMPLE_RATE = 44_100  # of every rendition, Hz
DEFAULT_PREVIEW_MS = 30_000
LONGEST_PREVIEW_MS = 90_000
ISRC_RULE = RegexValidator(
    r"^[A-Z]{2}[A-Z0-9]{3}\d{7}$",
    "An ISRC looks like USRC17607839: two letters, three letters or digits, seven digits.",
)


class Tag(models.Model):
    """A genre or mood, as artists write it."""

    name = models.CharField(max_length=30)
    slug = models.SlugField(max_length=30)

    class Meta:
        ordering = ("name",)
        constraints = (models.UniqueConstraint(fields=["slug"], name="tag_slug_unique"),)

    def __str__(self) -> str:
        return self.name


class CassetStatus(models.TextChoices):
    DRAFT = "DRAFT", "Draft"
    PUBLISHED = "PUBLISHED", "Published"
    ARCHIVED = "ARCHIVED", "Archived"


class CassetQuerySet(models.QuerySet["Casset"]):
    def owned_by(self, user: User) -> "CassetQuerySet":
        return self.filter(artist__user=user)

    def published(self) -> "CassetQuerySet":
        return self.filter(status=CassetStatus.PUBLISHED, artist__user__is_active=True)

    def visible_to(self, user: "User | AnonymousUser") -> "CassetQuerySet":
        """What this person may open: everything published, one's own drafts, and everything for staff."""
        if user.is_staff:
            return self
        if isinstance(user, User):
            return self.filter(
                models.Q(status=CassetStatus.PUBLISHED, artist__user__is_active=True)
                | models.Q(artist__user=user)
            )
        return self.published()

    def newest(self) -> "CassetQuerySet":
        return self.order_by("-published_at", "-pk")

    def locked(self) -> "CassetQuerySet":
        return self.select_for_update(of=("self",), no_key=True).order_by("pk")


class Casset(models.Model):
    """A release. `cover` is the content hash of its pictures; `track_count` and `duration_ms` are kept at write time."""

    artist = models.ForeignKey(Artist, models.PROTECT, related_name="cassets")
    title = models.CharField(max_length=120)
    slug = models.SlugField(max_length=80)
    notes = models.TextField("liner notes", max_length=10_000, blank=True)
    cover = models.CharField(max_length=64, blank=True, editable=False)
    cover_color = models.CharField(max_length=7, blank=True, editable=False, validators=[COLOR_RULE])
    tags = models.ManyToManyField(Tag, blank=True, related_name="cassets")
    status = models.CharField(max_length=10, choices=CassetStatus, default=CassetStatus.DRAFT)
    published_at = models.DateTimeField(null=True, blank=True)
    track_count = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    duration_ms = models.PositiveBigIntegerField(default=0, db_default=0, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = CassetQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["artist", "slug"],
                name="casset_slug_unique_per_artist",
                violation_error_message="You have a casset with this title already.",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=CassetStatus.values), name="casset_status_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(status=CassetStatus.PUBLISHED)
                | models.Q(published_at__isnull=False, track_count__gt=0),
                name="casset_published_has_date_and_tracks",
                violation_error_message="A casset needs at least one finished track before it is published.",
            ),
        )
        indexes = (
            models.Index(
                fields=["-published_at", "-id"],
                name="casset_newest",
                condition=models.Q(status=CassetStatus.PUBLISHED),
            ),
            models.Index(
                Lower("title"), name="casset_by_title", condition=models.Q(status=CassetStatus.PUBLISHED)
            ),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("audio:casset", args=[self.artist.handle, self.slug])

    @property
    def is_published(self) -> bool:
        return self.status == CassetStatus.PUBLISHED


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
    stream = models.ForeignKey("Rendition", models.SET_NULL, null=True, editable=False, related_name="+")
    preview = models.ForeignKey("Rendition", models.SET_NULL, null=True, editable=False, related_name="+")

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
                condition=~models.Q(status=TrackStatus.READY) | models.Q(duration_samples__gt=0),
                name="track_ready_has_audio",
            ),
            models.CheckConstraint(
                condition=models.Q(preview_length_ms__gt=0, preview_length_ms__lte=LONGEST_PREVIEW_MS),
                name="track_preview_length_in_bounds",
                violation_error_message="A preview lasts between a moment and 90 seconds.",
            ),
            models.CheckConstraint(condition=models.Q(progress__lte=100), name="track_progress_is_percent"),
        )
        indexes = (models.Index(fields=["casset", "position", "id"], name="track_in_order"),)

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


class Rendition(models.Model):
    """An immutable MP3 that is streamed. `sha256` is its storage key and its ETag; a preview is a window of a full one.

    `frame_index` is the serialised index of a full rendition (see audio.mp3). Once `withdrawn_at` is set, tokens for
    it are refused, and the file is collected when no other row names it.
    """

    track = models.ForeignKey(Track, models.CASCADE, related_name="renditions")
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


class GrantSource(models.TextChoices):
    PURCHASE = "PURCHASE", "Purchase"
    GIFT = "GIFT", "Gift"
    FREE = "FREE", "Joined for free"
    STAFF = "STAFF", "Given by staff"


class AccessGrantQuerySet(models.QuerySet["AccessGrant"]):
    def active(self) -> "AccessGrantQuerySet":
        return self.filter(revoked_at__isnull=True)

    def owned_by(self, user: User) -> "AccessGrantQuerySet":
        return self.filter(user=user)


class AccessGrant(models.Model):
    """The right of one person to hear one casset in full. Stream tokens carry its id; revoking it ends them at once."""

    user = models.ForeignKey(User, models.CASCADE, related_name="access_grants")
    casset = models.ForeignKey(Casset, models.PROTECT, related_name="access_grants")
    source = models.CharField(max_length=10, choices=GrantSource)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = AccessGrantQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["user", "casset"],
                condition=models.Q(revoked_at__isnull=True),
                name="access_grant_one_active_per_user",
            ),
            models.CheckConstraint(
                condition=models.Q(source__in=GrantSource.values), name="access_grant_source_known"
            ),
        )
        indexes = (
            models.Index(
                fields=["revoked_at"],
                name="access_grant_revoked",
                condition=models.Q(revoked_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id} hears {self.casset_id}"


class Play(models.Model):
    """One real listen: at least 30 s or half of what was offered. `ticket` makes a report count once."""

    track = models.ForeignKey(Track, models.CASCADE, related_name="plays")
    listener = models.CharField(max_length=32)
    user = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="plays")
    scope = models.PositiveSmallIntegerField()
    ticket = models.CharField(max_length=32)
    played_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.UniqueConstraint(fields=["ticket"], name="play_ticket_counts_once"),)
        indexes = (
            models.Index(fields=["listener", "-played_at"], name="play_by_listener"),
            models.Index(fields=["track", "-played_at"], name="play_by_track"),
        )

    def __str__(self) -> str:
        return f"{self.track_id} at {self.played_at:%Y-%m-%d %H:%M}"
