"""Own pages, then allauth's under its paths: our forms, honest status codes, and limits that outlive Redis.

The project includes allauth's own list after this one: from there come the names (`account_login`), from here the
views.
"""

from allauth.account import urls as allauth
from allauth.account import views as allauth_views
from django.urls import URLPattern, path

from accounts import entry_forms, views
from casset_site.lib.ratelimit import Limit, by_address, limited

app_name = "accounts"

OURS = {
    "account_signup": views.SignUpView.as_view(),
    "account_email": views.emails,
    "account_login": allauth_views.LoginView.as_view(form_class=entry_forms.SignInForm),
    "account_reauthenticate": allauth_views.ReauthenticateView.as_view(
        form_class=entry_forms.ReauthenticateForm
    ),
    "account_change_password": allauth_views.PasswordChangeView.as_view(
        form_class=entry_forms.ChangePasswordForm
    ),
    "account_set_password": allauth_views.PasswordSetView.as_view(form_class=entry_forms.SetPasswordForm),
    "account_reset_password": allauth_views.PasswordResetView.as_view(form_class=entry_forms.ForgottenForm),
    "account_reset_password_from_key": allauth_views.PasswordResetFromKeyView.as_view(
        form_class=entry_forms.ResetForm
    ),
}
# allauth counts more finely, by address and account, but in the cache: without Redis it counts nothing.
GUARDED = {"account_login", "account_signup", "account_reset_password", "account_reauthenticate"}
TRIES = Limit(300, per_seconds=600, burst=100)


def _ours(pattern: URLPattern) -> URLPattern:
    name = pattern.name or ""
    view = OURS.get(name, pattern.callback)
    if name in GUARDED:
        view = limited(name, TRIES, by=by_address, methods={"POST"})(view)
    return URLPattern(pattern.pattern, views.with_statuses(view), pattern.default_args, pattern.name)


urlpatterns = [
    path("profile/", views.profile, name="profile"),
    path("artist/", views.artist_open, name="artist-open"),
    path("artist/edit/", views.artist_edit, name="artist-edit"),
    path("sessions/end/", views.sign_out_elsewhere, name="sessions-end"),
    *map(_ours, allauth.urlpatterns),
]
