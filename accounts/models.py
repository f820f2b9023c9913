"""People: users who sign in by e-mail, and the artists some of them are."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower, Now
from django.urls import reverse
from django.utils.crypto import salted_hmac

HANDLE_RULE = RegexValidator(
    r"\A[a-z0-9](?:[a-z0-9_-]{0,28}[a-z0-9])?\Z",
    "Use 1 to 30 small letters, digits, hyphens or underscores, beginning and ending with a letter or digit.",
)
COLOR_RULE = RegexValidator(
    r"\A#[0-9a-f]{6}\Z", "Write the colour as # and six hexadecimal digits, like #e8552d."
)


class UserManager(BaseUserManager["User"]):
    def create_user(
        self, *, email: str, handle: str, password: str | None = None, **fields: object
    ) -> "User":
        user = self.model(email=self.normalize_email(email), handle=handle.lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, *, email: str, handle: str, password: str, **fields: object) -> "User":
        return self.create_user(
            email=email, handle=handle, password=password, is_staff=True, is_superuser=True, **fields
        )


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody with an account. `session_version` is part of every session's hash: raising it signs out everywhere."""

    email = models.EmailField("e-mail", max_length=254)
    handle = models.CharField(max_length=30, validators=[HANDLE_RULE])
    display_name = models.CharField("name", max_length=60, blank=True)
    avatar = models.CharField(max_length=64, blank=True, editable=False)
    session_version = models.PositiveIntegerField(default=1, db_default=1)
    is_active = models.BooleanField(default=True, db_default=True)
    is_staff = models.BooleanField(default=False, db_default=False)
    date_joined = models.DateTimeField(db_default=Now(), editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["handle"]

    class Meta:
        constraints = (
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_unique",
                violation_error_message="This e-mail address has an account already.",
            ),
            models.UniqueConstraint(
                Lower("handle"), name="user_handle_unique", violation_error_message="This handle is taken."
            ),
        )

    def __str__(self) -> str:
        return self.display_name or f"@{self.handle}"

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)

    def _get_session_auth_hash(self, secret: str | bytes | None = None) -> str:
        """Django's own hook for session hashes, also with fallback keys: the version stands beside the password."""
        value = f"{self.password}|{self.session_version}"
        return salted_hmac("accounts.User.session", value, secret=secret, algorithm="sha256").hexdigest()

    def get_session_auth_hash(self) -> str:
        return self._get_session_auth_hash()


class ArtistQuerySet(models.QuerySet["Artist"]):
    def owned_by(self, user: User) -> "ArtistQuerySet":
        return self.filter(user=user)

    def visible(self) -> "ArtistQuerySet":
        """Artists whose pages anyone may see."""
        return self.filter(user__is_active=True)


class Artist(models.Model):
    """A user's artist page. `accent` is the one colour from which the page's theme is derived."""

    user = models.OneToOneField(User, models.PROTECT, related_name="artist")
    name = models.CharField(max_length=80)
    handle = models.CharField(max_length=30, validators=[HANDLE_RULE])
    bio = models.TextField(max_length=2000, blank=True)
    location = models.CharField(max_length=80, blank=True)
    website = models.URLField(max_length=200, blank=True)
    avatar = models.CharField(max_length=64, blank=True, editable=False)
    accent = models.CharField("colour", max_length=7, default="#e8552d", validators=[COLOR_RULE])
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = ArtistQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                Lower("handle"),
                name="artist_handle_unique",
                violation_error_message="Another artist has this address already.",
            ),
            models.CheckConstraint(
                condition=models.Q(accent__regex=r"^#[0-9a-f]{6}$"), name="artist_accent_is_hex"
            ),
        )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("audio:artist", args=[self.handle])
