"""Staff's view of users and artists."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.contrib.auth.forms import UserChangeForm as DjangoUserChangeForm
from django.core.exceptions import ValidationError
from django.db.models import QuerySet, URLField
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import Artist, User
from accounts.services import handles, profiles, sessions
from accounts.services.refusals import AccountError


class HandleMixin(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """Staff may hand out the names that are reserved, but none that somebody else has."""

    def clean_handle(self) -> str:
        """The admin's views are transactions: the handle is kept until this one ends."""
        handle = handles.tidy(self.cleaned_data["handle"])
        try:
            handles.claim(handle, owner=self.owner)
        except AccountError as refusal:
            raise ValidationError(str(refusal), code="handle") from refusal
        return handle

    @property
    def owner(self) -> User | None:
        """Who may have the handle already; nobody while the row is made."""
        return self.instance if self.instance.pk else None


class UserCreationForm(HandleMixin, AdminUserCreationForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = ("email", "handle")
        field_classes: ClassVar[dict[str, type]] = {}

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class UserChangeForm(HandleMixin, DjangoUserChangeForm):  # type: ignore[type-arg]
    class Meta(DjangoUserChangeForm.Meta):
        model = User
        field_classes: ClassVar[dict[str, type]] = {}

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


RIGHTS = ("is_staff", "is_superuser", "groups", "user_permissions")


def _may_touch(request: HttpRequest, user: User | None) -> bool:
    """Superusers are changed by superusers alone, or whoever sets their passwords is one too."""
    return user is None or not user.is_superuser or request.user.is_superuser


class HasArtistFilter(admin.SimpleListFilter):
    title = "artist page"
    parameter_name = "artist"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Has one"), ("no", "Has none")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        if self.value() is None:
            return queryset
        return queryset.filter(artist__isnull=self.value() == "no")


@admin.register(User)
class UserAdmin(DjangoUserAdmin):  # type: ignore[type-arg]
    form = UserChangeForm
    add_form = UserCreationForm
    list_display = ("email", "handle", "display_name", "artist_name", "is_active", "is_staff", "date_joined")
    list_filter = ("is_active", "is_staff", "is_superuser", HasArtistFilter, "date_joined")
    list_select_related = ("artist",)
    search_fields = ("email", "handle", "display_name", "artist__name", "artist__handle")
    search_help_text = "E-mail, handle or name, of the user or of their artist page."
    ordering = ("-date_joined",)
    date_hierarchy = "date_joined"
    filter_horizontal = ("groups", "user_permissions")
    readonly_fields = ("artist_name", "is_active", "session_version", "last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        ("Person", {"fields": ("display_name", "handle", "artist_name")}),
        ("Rights", {"fields": RIGHTS}),
        ("Facts", {"fields": ("is_active", "session_version", "last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "handle", "usable_password", "password1", "password2")}),)
    actions = ("suspend", "reactivate", "sign_out")

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_change_permission(request, obj) and _may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_delete_permission(request, obj) and _may_touch(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Rights are given by superusers alone: whoever could, could give them to themselves."""
        return self.readonly_fields if request.user.is_superuser else (*self.readonly_fields, *RIGHTS)

    @admin.display(description="artist page", ordering="artist__name")
    def artist_name(self, user: User) -> str:
        artist = getattr(user, "artist", None)
        return artist.name if artist else "–"

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "email" in form.changed_data:
            profiles.replace_email(user=obj, email=obj.email)

    @admin.action(description="Suspend: shut the account and end its sessions", permissions=["change"])
    def suspend(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        within_reach = self._within_reach(request, queryset)
        out_of_reach = queryset.count() - within_reach.count()
        count = sessions.suspend(users=within_reach)
        self.message_user(request, f"{count} suspended, and signed out everywhere.", messages.SUCCESS)
        if out_of_reach:
            self.message_user(request, "Yourself and those above you stay as they are.", messages.WARNING)

    @admin.action(description="Reactivate: open the account again", permissions=["change"])
    def reactivate(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        count = sessions.reactivate(users=self._within_reach(request, queryset))
        self.message_user(request, f"{count} reactivated.", messages.SUCCESS)

    @admin.action(description="Sign out everywhere", permissions=["change"])
    def sign_out(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        users = list(self._within_reach(request, queryset))
        for user in users:
            sessions.sign_out_everywhere(user=user)
        self.message_user(request, f"{len(users)} signed out everywhere.", messages.SUCCESS)

    def _within_reach(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        """Not oneself, and superusers only for superusers."""
        staff = request.user
        assert isinstance(staff, User)
        others = queryset.exclude(pk=staff.pk)
        return others if staff.is_superuser else others.filter(is_superuser=False)


class ArtistForm(HandleMixin):
    @property
    def owner(self) -> User | None:
        """A new page may bear the handle of the user it is for."""
        return self.instance.user if self.instance.pk else self.cleaned_data.get("user")


@admin.register(Artist)
class ArtistAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = ArtistForm
    list_display = ("name", "handle", "colour", "location", "user", "is_visible", "created_at")
    list_filter = ("user__is_active", "created_at")
    list_select_related = ("user",)
    search_fields = ("name", "handle", "location", "user__email", "user__handle")
    search_help_text = "Name, handle or place of the artist; e-mail or handle of the user."
    ordering = ("-created_at",)
    formfield_overrides: ClassVar[Any] = {URLField: {"assume_scheme": "https"}}
    date_hierarchy = "created_at"
    autocomplete_fields = ("user",)
    readonly_fields = ("avatar", "created_at", "is_visible")
    fieldsets = (
        (None, {"fields": ("user", "name", "handle")}),
        ("Page", {"fields": ("bio", "location", "website", "accent")}),
        ("Facts", {"fields": ("avatar", "is_visible", "created_at")}),
    )

    @admin.display(description="colour")
    def colour(self, artist: Artist) -> SafeString:
        # An attribute, not a style: the site's policy lets no inline style through.
        swatch = (
            '<svg width="16" height="16" aria-hidden="true"><rect width="16" height="16" fill="{}"/></svg> {}'
        )
        return format_html(swatch, artist.accent, artist.accent)

    @admin.display(description="visible", boolean=True)
    def is_visible(self, artist: Artist) -> bool:
        return artist.user.is_active

    def get_readonly_fields(self, request: HttpRequest, obj: Artist | None = None) -> tuple[str, ...]:
        """A page does not change hands."""
        return (*self.readonly_fields, "user") if obj else self.readonly_fields
