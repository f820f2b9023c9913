"""The addresses of an account."""

import re

from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import Artist, User
from tests import make

PAGE = "/accounts/email/"


def addresses(user: User) -> dict[str, tuple[bool, bool]]:
    return {row.email: (row.primary, row.verified) for row in EmailAddress.objects.filter(user=user)}


def sign_in(browser: Client, user: User) -> None:
    """And show the password again: addresses may be changed by whoever has just shown it."""
    browser.force_login(user)
    browser.post("/accounts/reauthenticate/", {"password": make.PASSWORD})


def test_addresses_are_changed_by_whoever_shows_the_password(browser: Client, finn: User) -> None:
    browser.force_login(finn)
    assert browser.post(PAGE, {"action_add": "", "email": "two@example.com"}).url.startswith(
        "/accounts/reauthenticate/"
    )
    assert "two@example.com" not in addresses(finn)


def test_a_second_address_is_added_confirmed_and_made_primary(browser: Client, finn: User) -> None:
    sign_in(browser, finn)
    browser.post(PAGE, {"action_add": "", "email": "two@example.com"})
    found = re.search(r"http://testserver(/accounts/confirm-email/\S+)", str(mail.outbox[0].body))
    assert found is not None
    browser.post(found[1])
    browser.post(PAGE, {"action_primary": "", "email": "two@example.com"})
    finn.refresh_from_db()
    assert finn.email == "two@example.com"
    assert addresses(finn)["two@example.com"] == (True, True)
    browser.post(PAGE, {"action_remove": "", "email": "finn@example.com"})
    assert list(addresses(finn)) == ["two@example.com"]
    assert b"two@example.com" in browser.get(PAGE).content


def test_the_address_one_signs_in_with_stays(browser: Client, finn: User) -> None:
    sign_in(browser, finn)
    browser.post(PAGE, {"action_remove": "", "email": "finn@example.com"})
    assert list(addresses(finn)) == ["finn@example.com"]


def test_an_address_of_another_account_cannot_become_the_primary(
    browser: Client, finn: User, ana: Artist
) -> None:
    sign_in(browser, finn)
    browser.post(PAGE, {"action_add": "", "email": ana.user.email})
    response = browser.post(PAGE, {"action_primary": "", "email": ana.user.email}, follow=True)
    assert b"Another account has this address." in response.content
    finn.refresh_from_db()
    assert finn.email == "finn@example.com"
    assert addresses(finn)[ana.user.email] == (False, False)


def test_an_address_that_is_none_is_refused(browser: Client, finn: User) -> None:
    sign_in(browser, finn)
    response = browser.post(PAGE, {"action_add": "", "email": "nowhere"})
    assert response.status_code == 422
    assert list(addresses(finn)) == ["finn@example.com"]
    assert mail.outbox == []


def test_a_stranger_cannot_touch_the_addresses_of_others(browser: Client, finn: User) -> None:
    EmailAddress.objects.create(user=finn, email="two@example.com")
    stranger = make.user("stranger")
    sign_in(browser, stranger)
    for action in ("action_remove", "action_primary", "action_send"):
        browser.post(PAGE, {action: "", "email": "two@example.com"})
    assert addresses(finn) == {"two@example.com": (False, False)}
    assert mail.outbox == []


def test_a_visitor_is_asked_to_sign_in(browser: Client) -> None:
    assert browser.get(PAGE).url == f"{reverse('account_login')}?next={PAGE}"
