"""Where each app's pages hang; nothing else."""

from django.contrib import admin
from django.urls import include, path

from casset_site import health

urlpatterns = [
    path("", include("social.urls")),
    path("", include("audio.urls")),
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("studio/", include("studio.urls")),
    path("admin/", admin.site.urls),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
]
