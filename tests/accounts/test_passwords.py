"""Changing and resetting passwords."""

import re

from django.core import mail
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import User
from tests.conftest import signed_in
from tests.make import PASSWORD

NEW = "another-quiet-tape"


def asked_for_a_link(browser: Client, email: str) -> str:
    response = browser.post(reverse("account_reset_password"), {"email": email})
    assert response.url == reverse("account_reset_password_done")
    found = re.search(r"http://testserver(/accounts/password/reset/key/\S+)", str(mail.outbox[-1].body))
    assert found is not None
    return found[1]


def test_a_forgotten_password_is_replaced_by_mail(browser: Client, finn: User) -> None:
    elsewhere = signed_in(finn)
    link = asked_for_a_link(browser, finn.email)
    form_url = browser.get(link).url
    assert b"Record over the old one." in browser.get(form_url).content
    response = browser.post(form_url, {"password1": NEW, "password2": NEW})
    assert response.url == reverse("account_reset_password_from_key_done")
    finn.refresh_from_db()
    assert finn.check_password(NEW)
    assert elsewhere.get(reverse("accounts:profile")).status_code == 302


def test_a_link_works_once(browser: Client, finn: User) -> None:
    link = asked_for_a_link(browser, finn.email)
    form_url = browser.get(link).url
    browser.post(form_url, {"password1": NEW, "password2": NEW})
    again = Client()
    assert b"This link is worn out." in again.get(link).content
    again.post(form_url, {"password1": "a-third-quiet-tape", "password2": "a-third-quiet-tape"})
    finn.refresh_from_db()
    assert finn.check_password(NEW)


def test_two_different_passwords_are_refused(browser: Client, finn: User) -> None:
    form_url = browser.get(asked_for_a_link(browser, finn.email)).url
    response = browser.post(form_url, {"password1": NEW, "password2": "something-else-9"})
    assert response.status_code == 422
    finn.refresh_from_db()
    assert finn.check_password(PASSWORD)


def test_an_unknown_address_gets_the_same_page_and_a_mail_of_its_own(browser: Client, finn: User) -> None:
    known = browser.post(reverse("account_reset_password"), {"email": finn.email})
    unknown = browser.post(reverse("account_reset_password"), {"email": "nobody@example.com"})
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert mail.outbox[1].to == ["nobody@example.com"]
    assert reverse("account_signup") in str(mail.outbox[1].body)


def test_a_changed_password_ends_the_other_sessions_and_is_told_by_mail(
    browser: Client, finn: User, settings: Settings
) -> None:
    settings.ACCOUNT_EMAIL_NOTIFICATIONS = True
    elsewhere = signed_in(finn)
    browser.force_login(finn)
    browser.get(reverse("account_email"))
    finn.emailaddress_set.update(primary=True)  # type: ignore[attr-defined]
    data = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert browser.post(reverse("account_change_password"), data).url == reverse("accounts:profile")
    assert browser.get(reverse("accounts:profile")).status_code == 200
    assert elsewhere.get(reverse("accounts:profile")).status_code == 302
    assert mail.outbox[0].subject == "Your password was changed"


def test_a_wrong_present_password_changes_nothing(as_finn: Client, finn: User) -> None:
    data = {"oldpassword": "guess", "password1": NEW, "password2": NEW}
    response = as_finn.post(reverse("account_change_password"), data)
    assert response.status_code == 422
    finn.refresh_from_db()
    assert finn.check_password(PASSWORD)


def test_an_account_without_a_password_can_set_one(as_finn: Client, finn: User) -> None:
    User.objects.update(password="!")
    finn.refresh_from_db()
    member = signed_in(finn)
    assert member.get(reverse("account_change_password")).url == reverse("account_set_password")
    assert member.get(reverse("account_set_password")).status_code == 200
    member.post(reverse("account_set_password"), {"password1": NEW, "password2": NEW})
    finn.refresh_from_db()
    assert finn.check_password(NEW)
