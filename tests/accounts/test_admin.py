"""Staff's pages about users and artists."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Artist, User
from accounts.services.refusals import HANDLE_TAKEN
from tests import make
from tests.conftest import signed_in

USERS, ARTISTS = "/admin/accounts/user/", "/admin/accounts/artist/"


def act(staff: Client, action: str, *users: User) -> None:
    staff.post(USERS, {"action": action, "_selected_action": [user.pk for user in users]})


@pytest.mark.parametrize("page", [USERS, ARTISTS])
def test_a_list_takes_as_many_queries_for_ten_rows_as_for_two(page: str, as_sol: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert as_sol.get(page).status_code == 200
        return len(seen)

    make.artist("a1"), make.artist("a2")
    few = queries()
    for number in range(8):
        make.artist(f"b{number}")
    assert queries() == few


@pytest.mark.parametrize(
    "page",
    [f"{USERS}?q=ana", f"{USERS}?artist=yes", f"{ARTISTS}?q=luz", f"{ARTISTS}?user__is_active__exact=1"],
)
def test_users_and_artists_are_found(page: str, as_sol: Client, ana: Artist) -> None:
    response = as_sol.get(page)
    assert response.context["cl"].result_count == 1


def test_staff_makes_a_user_who_can_sign_in(as_sol: Client) -> None:
    data = {
        "email": "New@Example.com",
        "handle": "label",
        "usable_password": "true",
        "password1": "a-long-quiet-tape",
        "password2": "a-long-quiet-tape",
    }
    assert as_sol.get(f"{USERS}add/").status_code == 200
    assert as_sol.post(f"{USERS}add/", data).status_code == 302
    user = User.objects.get(handle="label")
    assert user.email == "new@example.com"
    assert Client().login(email="new@example.com", password="a-long-quiet-tape")


def test_a_second_user_with_the_handle_or_the_address_is_refused(as_sol: Client, finn: User) -> None:
    data = {
        "email": "FINN@example.com",
        "handle": "Finn",
        "usable_password": "true",
        "password1": "a-long-quiet-tape",
        "password2": "a-long-quiet-tape",
    }
    response = as_sol.post(f"{USERS}add/", data)
    assert response.status_code == 200
    errors = response.context["adminform"].form.errors
    assert errors["handle"] == [HANDLE_TAKEN]
    assert len(errors["__all__"]) == 1
    assert User.objects.filter(handle__iexact="finn").count() == 1


def test_a_corrected_address_replaces_all_earlier_ones(as_sol: Client, finn: User) -> None:
    EmailAddress.objects.create(user=finn, email=finn.email, primary=True, verified=True)
    page = f"{USERS}{finn.pk}/change/"
    assert b"password/" in as_sol.get(page).content
    assert (
        as_sol.post(page, {"email": "right@example.com", "handle": "finn", "display_name": ""}).status_code
        == 302
    )
    finn.refresh_from_db()
    assert finn.email == "right@example.com"
    assert [row.email for row in EmailAddress.objects.filter(user=finn)] == ["right@example.com"]


def test_a_password_set_by_staff_ends_the_sessions(as_sol: Client, finn: User) -> None:
    member = signed_in(finn)
    data = {"usable_password": "true", "password1": "a-long-quiet-tape", "password2": "a-long-quiet-tape"}
    assert as_sol.post(f"{USERS}{finn.pk}/password/", data).status_code == 302
    assert member.get(reverse("accounts:profile")).status_code == 302


def test_suspending_and_reactivating(as_sol: Client, finn: User) -> None:
    member = signed_in(finn)
    act(as_sol, "suspend", finn)
    finn.refresh_from_db()
    assert (finn.is_active, finn.session_version) == (False, 2)
    assert member.get(reverse("accounts:profile")).status_code == 302
    act(as_sol, "reactivate", finn)
    finn.refresh_from_db()
    assert (finn.is_active, finn.session_version) == (True, 3)


def test_signing_somebody_out_everywhere(as_sol: Client, finn: User) -> None:
    member = signed_in(finn)
    act(as_sol, "sign_out", finn)
    assert member.get(reverse("accounts:profile")).status_code == 302


def test_nobody_suspends_themselves_or_a_superuser_above_them(as_sol: Client, sol: User) -> None:
    act(as_sol, "suspend", sol)
    sol.refresh_from_db()
    assert sol.is_active


def test_an_artist_is_edited_and_does_not_change_hands(as_sol: Client, ana: Artist, finn: User) -> None:
    page = f"{ARTISTS}{ana.pk}/change/"
    assert as_sol.get(page).status_code == 200
    data = {
        "name": "Ana",
        "handle": "ana",
        "bio": "",
        "location": "",
        "website": "",
        "accent": "#112233",
        "user": finn.pk,
    }
    assert as_sol.post(page, data).status_code == 302
    ana.refresh_from_db()
    assert (ana.name, ana.user.handle) == ("Ana", "ana")
    assert as_sol.get(f"{ARTISTS}add/").status_code == 200


def test_members_have_no_way_in(as_finn: Client) -> None:
    assert as_finn.get(USERS).status_code == 302


def test_staff_signs_in_on_the_sites_own_page(browser: Client, sol: User) -> None:
    asked = browser.get(USERS, follow=True)
    assert asked.request["PATH_INFO"] == reverse("account_login")
    data = {"login": sol.email, "password": make.PASSWORD, "next": asked.context["redirect_field_value"]}
    assert browser.post(reverse("account_login"), data).url == USERS
    assert browser.get(USERS).status_code == 200
    assert browser.get("/admin/login/").url == "/admin/"


def test_the_admins_own_form_takes_no_passwords(browser: Client, as_finn: Client, sol: User) -> None:
    data = {"username": sol.email, "password": make.PASSWORD}
    for client in (browser, as_finn):
        assert client.post("/admin/login/", data).status_code == 405
    assert as_finn.get("/admin/login/").status_code == 403
    assert "_auth_user_id" not in browser.session


def test_staff_may_hand_out_reserved_handles_but_nobody_elses(
    as_sol: Client, finn: User, ana: Artist, max_: Artist
) -> None:
    Artist.objects.filter(pk=ana.pk).update(handle="ana-luz")
    page = f"{USERS}{finn.pk}/change/"
    for handle, status in (("ana-luz", 200), ("ana", 200), ("@Support", 302), ("support", 302)):
        assert as_sol.post(page, {"email": finn.email, "handle": handle}).status_code == status
    finn.refresh_from_db()
    assert finn.handle == "support"
    data = {"name": "Max", "handle": "support", "accent": "#112233"}
    assert as_sol.post(f"{ARTISTS}{max_.pk}/change/", data).status_code == 200
    max_.refresh_from_db()
    assert max_.handle == "max"
    assert as_sol.post(f"{ARTISTS}add/", {**data, "user": finn.pk}).status_code == 302
    assert finn.artist.handle == "support"


@pytest.fixture
def kim(db: None) -> User:
    """Staff who may change and delete users, and nothing else."""
    kim = make.user("kim", is_staff=True)
    codes = ["view_user", "change_user", "delete_user"]
    kim.user_permissions.set(Permission.objects.filter(codename__in=codes))
    return kim


def rights(user: User) -> tuple[Any, ...]:
    user = User.objects.get(pk=user.pk)
    return user.is_staff, user.is_superuser, user.user_permissions.count(), user.groups.count(), user.password


@pytest.mark.parametrize("name", ["kim", "finn"])
def test_staff_who_may_change_users_cannot_give_rights(name: str, kim: User, finn: User) -> None:
    user = User.objects.get(handle=name)
    before = rights(user)
    data = {"email": user.email, "handle": name, "display_name": "New name"}
    every = [permission.pk for permission in Permission.objects.all()]
    greedy = {"is_staff": "on", "is_superuser": "on", "user_permissions": every}
    page = f"{USERS}{user.pk}/change/"
    assert signed_in(kim).get(page).status_code == 200
    assert signed_in(kim).post(page, {**data, **greedy}).status_code == 302
    user.refresh_from_db()
    assert user.display_name == "New name"
    assert rights(user) == before


def test_superusers_are_out_of_reach_for_other_staff(kim: User, sol: User) -> None:
    client, before = signed_in(kim), rights(sol)
    page = f"{USERS}{sol.pk}/"
    password = {"usable_password": "true", "password1": "a-long-quiet-tape", "password2": "a-long-quiet-tape"}
    assert client.post(f"{page}change/", {"email": "kim2@example.com", "handle": "sol"}).status_code == 403
    assert client.post(f"{page}password/", password).status_code == 403
    assert client.post(f"{page}delete/", {"post": "yes"}).status_code == 403
    several = {"action": "delete_selected", "_selected_action": [sol.pk], "post": "yes"}
    assert client.post(USERS, several).status_code == 403
    act(client, "sign_out", sol)
    sol.refresh_from_db()
    assert (rights(sol), sol.email, sol.session_version) == (before, "sol@example.com", 1)


def test_a_superuser_gives_rights(as_sol: Client, finn: User) -> None:
    data = {"email": finn.email, "handle": "finn", "display_name": "", "is_staff": "on"}
    assert as_sol.post(f"{USERS}{finn.pk}/change/", data).status_code == 302
    assert rights(finn)[0] is True
