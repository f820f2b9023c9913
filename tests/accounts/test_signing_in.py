"""Signing in and out."""

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import Artist, User
from accounts.urls import TRIES
from casset_site.lib import ratelimit
from tests.make import PASSWORD

LOGIN = "/accounts/login/"


def test_a_listener_goes_on_to_the_music_and_an_artist_to_the_studio(
    browser: Client, finn: User, ana: Artist
) -> None:
    response = browser.post(LOGIN, {"login": "finn@example.com", "password": PASSWORD})
    assert response.url == reverse("social:home")
    response = Client().post(LOGIN, {"login": "ANA@example.com", "password": PASSWORD})
    assert response.url == reverse("studio:dashboard")


def test_one_goes_back_to_where_one_was_asked_to_sign_in(browser: Client, finn: User) -> None:
    asked = browser.get(reverse("accounts:profile")).url
    page = browser.get(asked)
    assert b'name="next" value="/accounts/profile/"' in page.content
    data = {"login": finn.email, "password": PASSWORD, "next": "/accounts/profile/"}
    assert browser.post(asked, data).url == "/accounts/profile/"


def test_nobody_is_sent_to_another_site(browser: Client, finn: User) -> None:
    data = {"login": finn.email, "password": PASSWORD, "next": "https://evil.example/"}
    assert browser.post(LOGIN, data).url == reverse("social:home")


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(browser: Client, finn: User) -> None:
    wrong = browser.post(LOGIN, {"login": finn.email, "password": "guess"})
    unknown = browser.post(LOGIN, {"login": "nobody@example.com", "password": "guess"})
    assert wrong.status_code == unknown.status_code == 422
    assert wrong.context["form"].errors == unknown.context["form"].errors
    assert finn.email in wrong.content.decode()
    assert "_auth_user_id" not in browser.session


def test_a_suspended_account_is_told_so_and_stays_out(browser: Client, finn: User) -> None:
    User.objects.update(is_active=False)
    response = browser.post(LOGIN, {"login": finn.email, "password": PASSWORD}, follow=True)
    assert response.request["PATH_INFO"] == reverse("account_inactive")
    assert "_auth_user_id" not in browser.session


def test_guessing_stops_after_five_tries(browser: Client, finn: User) -> None:
    for _ in range(5):
        browser.post(LOGIN, {"login": finn.email, "password": "guess"})
    response = browser.post(LOGIN, {"login": finn.email, "password": PASSWORD})
    assert response.status_code == 422
    assert "too often" in str(response.context["form"].errors)
    assert "_auth_user_id" not in browser.session


def test_a_flood_is_told_when_to_come_back(browser: Client, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
    browser.post(LOGIN, {})
    response = browser.post(LOGIN, {})
    assert response.status_code == 429
    assert response["Retry-After"] == "60"
    assert b"Wait a minute" in response.content


@pytest.mark.parametrize("page", ["login/", "signup/", "password/reset/", "reauthenticate/"])
def test_a_flood_is_stopped_without_redis_too(
    page: str, finn: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS_URL = "unix:///tmp/casset-no-such-folder/valkey.sock"
    settings.WEB_PROCESSES = 4
    monkeypatch.setattr(ratelimit, "memory", ratelimit.Memory())
    client, address = Client(), f"/accounts/{page}"
    if page == "reauthenticate/":
        client.force_login(finn)
    share = TRIES.share(4).depth
    assert {client.post(address, {}).status_code for _ in range(share)} == {422}
    data = {"login": finn.email, "password": PASSWORD, "email": finn.email}
    response = client.post(address, data)
    assert response.status_code == 429
    assert int(response["Retry-After"]) <= 60
    assert b"Wait a minute" in response.content
    assert mail.outbox == []
    assert client.get(address).status_code == 200
    assert client.post(address, {}, REMOTE_ADDR="203.0.113.7").status_code == 422
    assert ("_auth_user_id" in client.session) == (page == "reauthenticate/")


@pytest.mark.parametrize(("remember", "ends_with_the_browser"), [("on", False), ("", True)])
def test_staying_signed_in_is_a_choice(
    browser: Client, finn: User, settings: Settings, remember: str, ends_with_the_browser: bool
) -> None:
    settings.ACCOUNT_SESSION_REMEMBER = None
    data = {"login": finn.email, "password": PASSWORD, **({"remember": remember} if remember else {})}
    browser.post(LOGIN, data)
    assert browser.session.get_expire_at_browser_close() is ends_with_the_browser


def test_who_is_signed_in_needs_no_form(as_finn: Client) -> None:
    assert as_finn.get(LOGIN).status_code == 302
    assert as_finn.get(reverse("account_signup")).status_code == 302


def test_signing_out_asks_first_and_works_twice(as_finn: Client) -> None:
    assert b"Press stop?" in as_finn.get(reverse("account_logout")).content
    assert "_auth_user_id" in as_finn.session
    assert as_finn.post(reverse("account_logout")).url == "/"
    assert as_finn.post(reverse("account_logout")).url == "/"
    assert "_auth_user_id" not in as_finn.session
