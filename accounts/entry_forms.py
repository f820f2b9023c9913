"""allauth's forms in our words: signing up and in, addresses, passwords."""

from contextlib import suppress
from typing import Any

from allauth.account import forms as allauth
from django import forms
from django.http import HttpRequest

from accounts.models import User
from accounts.services import handles
from accounts.services.refusals import EmailTaken, refusing

HANDLE_ATTRS = {"autocapitalize": "none", "autocorrect": "off", "spellcheck": "false", "maxlength": "30"}
HANDLE_HELP = "Small letters, digits, hyphens and underscores."
PASSWORD_HELP = "Eight characters or more, and not one that everybody uses."  # noqa: S105  (not a password)

LABELS = {
    "email": "E-mail",
    "login": "E-mail",
    "username": "Handle",
    "password": "Password",
    "remember": "Stay signed in on this device",
    "oldpassword": "Present password",
    "password1": "New password",
    "password2": "New password, once more",
}


class OurWords(forms.Form):
    """Labels instead of placeholders, and one sentence instead of a list of password rules."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = LABELS.get(name, field.label)
            field.widget.attrs.pop("placeholder", None)
        if "password1" in self.fields:
            self.fields["password1"].help_text = PASSWORD_HELP
        next(iter(self.fields.values())).widget.attrs["autofocus"] = True


class SignUpForm(OurWords, allauth.SignupForm):  # type: ignore[misc]  # allauth has no types
    """E-mail, handle, password. Two people who take one handle in the same moment: the second is told so."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = "To sign in with, and to reach you. Nobody else sees it."
        self.fields["username"].help_text = f"Your name here, like @finn. {HANDLE_HELP}"
        self.fields["username"].widget.attrs.update(HANDLE_ATTRS)
        self.fields["password1"].label = "Password"

    def save(self, request: HttpRequest) -> User:
        with refusing():
            handles.claim(self.cleaned_data["username"])
            user: User = super().save(request)
        return user

    def try_save(self, request: HttpRequest) -> Any:
        """allauth's answer; AccountError if somebody was faster. A lost address is passed over in silence."""
        try:
            return super().try_save(request)
        except EmailTaken:
            with suppress(forms.ValidationError):  # raised where taken addresses are no secret
                self.validate_unique_email(self.cleaned_data["email"])
                return super().try_save(request)
            raise


class SignInForm(OurWords, allauth.LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "remember" in self.fields:
            self.fields["remember"].initial = True


class AddEmailForm(OurWords, allauth.AddEmailForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = "Another address"
        del self.fields["email"].widget.attrs["autofocus"]


class ForgottenForm(OurWords, allauth.ResetPasswordForm):  # type: ignore[misc]
    pass


class ResetForm(OurWords, allauth.ResetPasswordKeyForm):  # type: ignore[misc]
    pass


class ChangePasswordForm(OurWords, allauth.ChangePasswordForm):  # type: ignore[misc]
    pass


class SetPasswordForm(OurWords, allauth.SetPasswordForm):  # type: ignore[misc]
    pass


class ReauthenticateForm(OurWords, allauth.ReauthenticateForm):  # type: ignore[misc]
    pass
