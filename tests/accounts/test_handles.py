"""One name, one person: users and artists hold handles in two tables, and nobody gets what somebody else has."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Artist, User
from accounts.services import artists, profiles
from accounts.services.refusals import HANDLE_TAKEN
from tests import make
from tests.accounts.test_signing_up import while_another_is_faster
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db(transaction=True)
SIGN_UP = {"email": "new@example.com", "username": "Nova", "password1": "a-long-quiet-tape"}
PROFILE = {"display_name": "N", "handle": "@NOVA"}
PAGE = {"name": "N", "handle": "nova", "accent": "#112233"}


def as_user(faster: User) -> None:
    profiles.edit(user=faster, display_name="F", handle="nova")


def as_artist(faster: User) -> None:
    artists.open_page(user=faster, name="F", handle="nova")


def holders() -> list[str]:
    users = [user.email for user in User.objects.filter(handle="nova")]
    return users + [artist.user.email for artist in Artist.objects.filter(handle="nova")]


@pytest.mark.parametrize(
    ("rival", "address", "data"),
    [
        (as_artist, "/accounts/signup/", SIGN_UP),
        (as_artist, "/accounts/profile/", PROFILE),
        (as_user, "/accounts/artist/", PAGE),
        (as_user, "/accounts/artist/edit/", PAGE),
    ],
)
def test_a_users_handle_and_an_artists_taken_at_once_are_one_persons(
    rival: Callable[[User], None], address: str, data: dict[str, Any]
) -> None:
    faster, late = make.user("faster"), make.user("late")
    if "edit" in address:
        artists.open_page(user=late, name="L", handle="late")
    client = Client() if data is SIGN_UP else signed_in(late)
    people = User.objects.count()
    answer = while_another_is_faster(lambda: rival(faster), lambda: client.post(address, data))
    assert answer.status_code == 422
    assert HANDLE_TAKEN in str(answer.context["form"].errors)
    assert holders() == ["faster@example.com"]
    assert User.objects.count() == people


def test_ones_own_page_may_bear_ones_own_handle() -> None:
    nova = make.user("nova")
    assert signed_in(nova).post("/accounts/artist/", PAGE).status_code == 302
    assert holders() == ["nova@example.com"] * 2
