"""What waits for the broker: empty within moments when all is well."""

from django.contrib import admin
from django.http import HttpRequest

from casset_site.outbox.models import Job


@admin.register(Job)
class JobAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("id", "task", "kwargs", "created_at", "attempts", "due_at")
    list_filter = ("task",)
    ordering = ("id",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False
