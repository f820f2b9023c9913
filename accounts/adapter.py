"""django-allauth as Casset wants it: our handles, sentences and ways on; mail only for what is committed."""

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse

from accounts.models import Artist, User
from accounts.services import handles
from accounts.services.refusals import EMAIL_TAKEN, HANDLE_TAKEN, AccountError


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    error_messages: ClassVar[dict[str, str]] = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": "This account is closed for the time being.",
        "cannot_remove_primary_email": "You sign in with this address. Make another one primary first.",
        "duplicate_email": "This address is on your account already.",
        "email_password_mismatch": "This e-mail address and password do not belong together. "
        "Look at both again, or reset the password.",
        "email_taken": EMAIL_TAKEN,
        "enter_current_password": "This is not your present password.",
        "incorrect_password": "This is not your password.",
        "invalid_password_reset": "This link does not work any more. Ask for a new one.",
        "too_many_login_attempts": "That was tried too often. Wait five minutes, or reset the password.",
        "unverified_primary_email": "Confirm this address first: we wrote to it.",
        "username_taken": HANDLE_TAKEN,
        "rate_limited": "That was a little fast. Wait a moment and try again.",
    }

    def clean_username(self, username: str, shallow: bool = False) -> str:
        handle = handles.tidy(username)
        try:
            handles.check(handle, look_up=not shallow)
        except AccountError as refusal:
            raise ValidationError(str(refusal), code="handle") from refusal
        return handle

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Artists go to their studio, listeners to the music."""
        assert isinstance(request.user, User)
        is_artist = Artist.objects.owned_by(request.user).exists()
        return reverse("studio:dashboard" if is_artist else "social:home")

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return reverse("accounts:profile")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("accounts:profile")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """After the commit, if there is one to wait for. A mail server that is away costs the mail and not
        the page: the failure is logged, and each of these mails can be asked for again."""
        values = {"request": self.request, "email": email, **context}
        message = self.render_mail(template_prefix, email, values)
        transaction.on_commit(message.send, robust=True)
