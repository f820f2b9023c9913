"""Staff's view of the music: search and filter, look but do not touch what was measured or counted."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from audio.models import AccessGrant, Casset, Play, Rendition, Tag, Track, Upload


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows that only the product itself writes."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class KeptAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows that are removed by the artist alone, files and all."""

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class TrackInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Track
    fields = ("position", "title", "status", "duration_ms", "play_count")
    readonly_fields = fields
    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Casset)
class CassetAdmin(KeptAdmin):
    list_display = ("title", "artist", "status", "published_at", "track_count", "duration_ms")
    list_filter = ("status", "published_at", "tags")
    search_fields = ("title", "slug", "artist__name", "artist__handle")
    list_select_related = ("artist",)
    date_hierarchy = "published_at"
    autocomplete_fields = ("artist", "tags")
    readonly_fields = (
        "status",
        "published_at",
        "track_count",
        "duration_ms",
        "cover",
        "cover_color",
        "created_at",
        "updated_at",
    )
    inlines = (TrackInline,)


@admin.register(Track)
class TrackAdmin(KeptAdmin):
    list_display = ("title", "casset", "status", "codec", "loudness_lufs", "play_count", "reject_code")
    list_filter = ("status", "codec", "reject_code", "premium_only")
    search_fields = ("title", "isrc", "casset__title", "casset__artist__name", "original_name")
    list_select_related = ("casset",)
    fieldsets = (
        (
            None,
            {"fields": ("casset", "position", "title", "slug", "premium_only", "isrc", "lyrics", "credits")},
        ),
        (
            "Processing",
            {"fields": ("status", "progress", "attempt", "lease_until", "reject_code", "reject_message")},
        ),
        (
            "The upload",
            {
                "fields": (
                    "original_name",
                    "original_bytes",
                    "original_key",
                    "codec",
                    "source_rate",
                    "source_channels",
                )
            },
        ),
        (
            "Measured",
            {"fields": ("duration_ms", "loudness_lufs", "loudness_range_lu", "true_peak_db", "gain_db")},
        ),
        ("Preview", {"fields": ("preview_start_ms", "preview_length_ms", "play_count")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: object = None) -> list[str]:
        return [
            "casset",
            "slug",
            "preview_start_ms",
            "preview_length_ms",
            "play_count",
            *_fields(self.fieldsets[1:4]),
        ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(Rendition)
class RenditionAdmin(ReadOnlyAdmin):
    list_display = ("id", "track", "scope", "size", "length_ms", "created_at", "withdrawn_at")
    list_filter = ("scope", "withdrawn_at")
    search_fields = ("sha256", "track__title")
    list_select_related = ("track",)


@admin.register(Upload)
class UploadAdmin(ReadOnlyAdmin):
    list_display = ("filename", "casset", "status", "received", "size", "created_at", "error")
    list_filter = ("status", "created_at")
    search_fields = ("filename", "casset__title", "casset__artist__name")
    list_select_related = ("casset",)


@admin.register(AccessGrant)
class AccessGrantAdmin(ReadOnlyAdmin):
    list_display = ("user", "casset", "source", "created_at", "revoked_at")
    list_filter = ("source", "revoked_at")
    search_fields = ("user__email", "user__handle", "casset__title")
    list_select_related = ("user", "casset")


@admin.register(Play)
class PlayAdmin(ReadOnlyAdmin):
    list_display = ("track", "user", "scope", "played_at")
    list_filter = ("scope", "played_at")
    search_fields = ("track__title", "user__handle", "listener")
    list_select_related = ("track", "user")
    show_full_result_count = False


@admin.register(Tag)
class TagAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "slug")
    search_fields = ("name", "slug")


def _fields(fieldsets: Any) -> list[str]:
    return [name for _, options in fieldsets for name in options["fields"]]
