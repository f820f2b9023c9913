"""Who may hear a casset in full, and what was really heard."""

from django.db import models
from django.db.models.functions import Now

from accounts.models import User
from audio.models.cassets import Casset
from audio.models.tracks import Track


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
