"""Own pages, then allauth's under its paths: our forms, and honest status codes.

The project includes allauth's own list after this one: from there come the names (`account_login`), from here the
views.
"""

from allauth.account import urls as allauth
from allauth.account import views as allauth_views
from django.urls import URLPattern, path

from accounts import entry_forms, views

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
