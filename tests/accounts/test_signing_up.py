"""Signing up: who gets in, under which name, and what a refusal leaves behind."""

import re
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.db import close_old_connections, connection, transaction
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import Artist, User
from accounts.services.refusals import EMAIL_TAKEN, HANDLE_TAKEN
from tests import make

GOOD = {"email": "new@example.com", "username": "newcomer", "password1": "a-long-quiet-tape"}
LINK = re.compile(r"https?://testserver(/accounts/\S+)")


def sign_up(client: Client, **changes: str) -> Any:
    return client.post(reverse("account_signup"), {**GOOD, **changes})


def link(message: Any) -> str:
    found = LINK.search(str(message.body))
    assert found is not None
    return found[1]


def test_from_the_first_visit_to_an_artist_page(browser: Client) -> None:
    response = sign_up(browser)
    assert response.status_code == 302
    assert response.url == reverse("accounts:profile")
    confirm = link(mail.outbox[0])
    assert b"Is this you?" in browser.get(confirm).content
    assert browser.post(confirm).status_code == 302
    newcomer = User.objects.get(handle="newcomer")
    assert newcomer.emailaddress_set.get().verified  # type: ignore[attr-defined]  # allauth has no types

    browser.post(reverse("account_logout"))
    assert browser.get(reverse("accounts:profile")).status_code == 302
    response = browser.post(reverse("account_login"), {"login": GOOD["email"], "password": GOOD["password1"]})
    assert response.url == reverse("social:home")

    page = {"name": "Newcomer", "handle": "newcomer", "accent": "#2244aa"}
    assert browser.post(reverse("accounts:artist-open"), page).status_code == 302
    assert Artist.objects.get().user == newcomer
    browser.post(reverse("account_logout"))
    response = browser.post(reverse("account_login"), {"login": GOOD["email"], "password": GOOD["password1"]})
    assert response.url == reverse("studio:dashboard")


def test_where_confirmation_is_required_nobody_gets_in_before(browser: Client, settings: Settings) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    response = sign_up(browser)
    assert response.url == reverse("account_email_verification_sent")
    assert browser.get(reverse("accounts:profile")).status_code == 302
    browser.post(link(mail.outbox[0]))
    response = browser.post(reverse("account_login"), {"login": GOOD["email"], "password": GOOD["password1"]})
    assert response.url == reverse("social:home")


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"email": "finn@example.com"}, "email", EMAIL_TAKEN),
        ({"email": "FINN@Example.com"}, "email", EMAIL_TAKEN),
        ({"email": "nowhere"}, "email", "Enter a valid email address."),
        ({"username": "finn"}, "username", HANDLE_TAKEN),
        ({"username": "Finn"}, "username", HANDLE_TAKEN),
        ({"username": "luz"}, "username", HANDLE_TAKEN),
        ({"username": "studio"}, "username", "This handle is kept for the site itself."),
        ({"username": "-dash"}, "username", "Use 1 to 30 small letters"),
        ({"username": "two words"}, "username", "Use 1 to 30 small letters"),
        ({"password1": "12345678"}, "password1", "This password is too common."),
        ({"password1": ""}, "password1", "This field is required."),
    ],
)
def test_a_refused_sign_up_says_why_and_makes_nobody(
    browser: Client, finn: User, changes: dict[str, str], field: str, sentence: str
) -> None:
    make.artist("luz", owner=finn)
    response = sign_up(browser, **changes)
    assert response.status_code == 422
    assert sentence in " ".join(response.context["form"].errors[field])
    assert ({**GOOD, **changes})["email"] in response.content.decode()
    assert [user.handle for user in User.objects.all()] == ["finn"]
    assert mail.outbox == []
    assert "_auth_user_id" not in browser.session


def test_a_boosted_form_is_refused_with_the_same_status(browser: Client) -> None:
    data = {**GOOD, "username": "admin"}
    response = browser.post(
        reverse("account_signup"), data, headers={"HX-Request": "true", "HX-Boosted": "true"}
    )
    assert response.status_code == 422
    assert b'id="main"' in response.content


def test_a_handle_is_stored_in_small_letters_without_the_at(browser: Client) -> None:
    sign_up(browser, username=" @Night-Owl ")
    assert User.objects.get().handle == "night-owl"


def test_a_taken_address_cannot_be_told_from_a_free_one(
    browser: Client, finn: User, settings: Settings
) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    taken = sign_up(browser, email=finn.email)
    fresh = sign_up(Client(), email="free@example.com", username="other")
    assert (taken.status_code, taken.url) == (fresh.status_code, fresh.url)
    assert not User.objects.filter(handle="newcomer").exists()
    assert mail.outbox[0].to == [finn.email]
    assert mail.outbox[0].subject == "You have an account already"
    assert link(mail.outbox[0]) == reverse("account_reset_password")


def test_signing_up_twice_makes_one_account(browser: Client) -> None:
    sign_up(browser)
    assert sign_up(browser).status_code == 302  # signed in already: on to the profile
    assert sign_up(Client()).status_code == 422
    assert User.objects.count() == 1


def test_the_sign_up_page_takes_no_other_method(browser: Client) -> None:
    assert browser.delete(reverse("account_signup")).status_code == 405


def while_another_is_faster(rival: Callable[[], object], late: Callable[[], Any]) -> Any:
    """`rival` writes and does not commit until `late`, in its own thread, waits for that very row."""
    answers: list[Any] = []

    def run() -> None:
        try:
            answers.append(late())
        finally:
            close_old_connections()
            connection.close()

    thread = threading.Thread(target=run)
    with transaction.atomic():
        rival()
        thread.start()
        with connection.cursor() as cursor:
            for _ in range(1000):
                cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
                if cursor.fetchone()[0] or not thread.is_alive():
                    break
                time.sleep(0.01)
    thread.join()
    return answers[0]


@pytest.mark.django_db(transaction=True)
def test_two_people_take_one_handle_at_once_and_the_second_is_told() -> None:
    response = while_another_is_faster(
        lambda: make.user("newcomer", email="faster@example.com"), lambda: sign_up(Client())
    )
    assert response.status_code == 422
    assert response.context["form"].errors == {"username": [HANDLE_TAKEN]}
    assert User.objects.get().email == "faster@example.com"


@pytest.mark.django_db(transaction=True)
def test_two_people_take_one_address_at_once_and_the_second_is_told() -> None:
    response = while_another_is_faster(
        lambda: make.user("faster", email=GOOD["email"]), lambda: sign_up(Client())
    )
    assert response.status_code == 422
    assert response.context["form"].errors == {"email": [EMAIL_TAKEN]}
    assert User.objects.get().handle == "faster"


@pytest.mark.django_db(transaction=True)
def test_an_address_lost_in_a_race_is_passed_over_in_silence_where_taken_ones_are(settings: Settings) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    response = while_another_is_faster(
        lambda: make.user("faster", email=GOOD["email"]), lambda: sign_up(Client())
    )
    assert response.url == reverse("account_email_verification_sent")
    assert User.objects.get().handle == "faster"
    assert [message.subject for message in mail.outbox] == ["You have an account already"]
