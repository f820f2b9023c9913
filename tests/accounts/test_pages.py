"""Every page of the sign-in family and of one's own account renders, in our clothes."""

import pytest
from django.test import Client
from django.urls import reverse

OPEN_PAGES = [
    "account_login",
    "account_signup",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "account_email_verification_sent",
    "account_inactive",
]
MEMBER_PAGES = [
    "accounts:profile",
    "accounts:artist-open",
    "account_email",
    "account_change_password",
    "account_reauthenticate",
    "account_logout",
]


@pytest.mark.django_db
@pytest.mark.parametrize("name", OPEN_PAGES)
def test_a_visitor_sees_the_page(name: str, visitor: Client) -> None:
    response = visitor.get(reverse(name))
    assert response.status_code == 200
    assert b'class="panel' in response.content


@pytest.mark.parametrize("name", MEMBER_PAGES)
def test_a_member_sees_the_page(name: str, as_finn: Client) -> None:
    response = as_finn.get(reverse(name))
    assert response.status_code == 200
    assert b'class="panel' in response.content
