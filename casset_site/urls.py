"""Where each app's pages hang; nothing else."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path
from django.views.decorators.http import require_safe

from casset_site import health

# Staff sign in where everybody does, within the same limits: the admin's own form would have none.
admin.site.login = require_safe(secure_admin_login(admin.site.login))  # type: ignore[method-assign]

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
