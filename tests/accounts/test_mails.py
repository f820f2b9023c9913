"""Every mail has a subject, a text and an HTML body with the same link; every template parses."""

from pathlib import Path

import pytest
from allauth.account.adapter import get_adapter
from allauth.core import context as allauth_context
from django.conf import settings as configured
from django.contrib.auth.models import AnonymousUser
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.template.loader import get_template
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User

TEMPLATES = Path(configured.BASE_DIR) / "templates"
OURS = [
    path.relative_to(TEMPLATES).as_posix()
    for folder in ("account", "accounts", "allauth", "emails")
    for path in sorted((TEMPLATES / folder).rglob("*.*"))
]
MAILS = {
    "email_confirmation_signup": "activate_url",
    "email_confirmation": "activate_url",
    "password_reset_key": "password_reset_url",
    "account_already_exists": "password_reset_url",
    "unknown_account": "signup_url",
    "password_changed": "",
    "password_reset": "",
    "password_set": "",
    "email_changed": "",
    "email_confirm": "",
    "email_deleted": "",
}


@pytest.mark.parametrize("name", OURS)
def test_every_template_parses(name: str) -> None:
    get_template(name)


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_says_the_same_in_text_and_html(name: str, finn: User) -> None:
    link = "https://casset.example/accounts/x/?a=1&b=2"
    values = {
        "user": finn,
        "ip": "203.0.113.7",
        "timestamp": timezone.now(),
        "from_email": "old@example.com",
        "to_email": "new@example.com",
        "deleted_email": "old@example.com",
    }
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    with allauth_context.request_context(request):
        message = get_adapter().render_mail(
            f"account/email/{name}",
            "x'y@example.com",
            {**values, "email": "x'y@example.com", MAILS[name] or "nothing": link},
        )
    assert isinstance(message, EmailMultiAlternatives)
    html = str(message.alternatives[0].content)
    assert message.subject
    assert "\n" not in message.subject
    assert "&#x27;" not in message.body
    assert "&amp;" not in message.body
    assert "<" not in message.body
    assert (link in message.body) is bool(MAILS[name])
    assert ("a=1&amp;b=2" in html) is bool(MAILS[name])
    assert "class=" not in html
    assert "Press play. Keep the tape." in html
    assert mail.outbox == []


def test_a_mail_server_that_is_away_costs_the_mail_and_not_the_page(
    browser: Client, finn: User, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    response = browser.post(reverse("account_reset_password"), {"email": finn.email})
    assert response.url == reverse("account_reset_password_done")
    assert "ConnectionRefusedError" in caplog.text
