"""Cassets, the releases, and the tags they are found by."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models.functions import Lower, Now
from django.urls import reverse

from accounts.models import COLOR_RULE, Artist, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class Tag(models.Model):
    """A genre or mood, as artists write it."""

    name = models.CharField(max_length=30)
    slug = models.SlugField(max_length=30, allow_unicode=True)

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
    """A release. `cover` is its pictures' content hash; `track_count` and `duration_ms` are kept at write time."""

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
