"""Own pages, then allauth's under its paths with honest status codes.

The project includes allauth's own list after this one: from there come the names (`account_login`), from here
the views.
"""

from allauth.account import urls as allauth
from django.urls import URLPattern, path

from accounts import views

app_name = "accounts"

OURS = {"account_signup": views.SignUpView.as_view(), "account_email": views.emails}


def _ours(pattern: URLPattern) -> URLPattern:
    view = OURS.get(pattern.name or "", pattern.callback)
    return URLPattern(pattern.pattern, views.with_statuses(view), pattern.default_args, pattern.name)


urlpatterns = [
    path("profile/", views.profile, name="profile"),
    path("artist/", views.artist_open, name="artist-open"),
    path("artist/edit/", views.artist_edit, name="artist-edit"),
    path("sessions/end/", views.sign_out_elsewhere, name="sessions-end"),
    *map(_ours, allauth.urlpatterns),
]
