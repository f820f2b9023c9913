"""Opening an artist page and keeping it."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Artist, User
from accounts.services import artists
from accounts.services.refusals import HANDLE_TAKEN, PAGE_EXISTS, AccountError
from tests import make
from tests.accounts.conftest import Upload
from tests.accounts.test_signing_up import while_another_is_faster
from tests.conftest import signed_in

OPEN, EDIT = "/accounts/artist/", "/accounts/artist/edit/"
GOOD = {
    "name": "Nova Kite",
    "handle": "nova",
    "bio": "Songs.",
    "location": "Lisboa",
    "website": "https://nova.example/",
    "accent": "#2244AA",
}
BAD = [
    ({"name": ""}, "name", "required"),
    ({"handle": "max"}, "handle", HANDLE_TAKEN),
    ({"handle": "casset"}, "handle", "kept for the site"),
    ({"handle": "no spaces"}, "handle", "Use 1 to 30"),
    ({"website": "http://nova.example/"}, "website", "begins with https://"),
    ({"website": "javascript:alert(1)"}, "website", "begins with https://"),
    ({"website": "not an address"}, "website", "begins with https://"),
    ({"accent": "red"}, "accent", "six hexadecimal digits"),
    ({"accent": "#12345"}, "accent", "six hexadecimal digits"),
    ({"bio": "x" * 2001}, "bio", "at most 2000"),
]


def facts(artist: Artist) -> dict[str, Any]:
    return Artist.objects.filter(pk=artist.pk).values().get()


def test_a_listener_becomes_an_artist(as_finn: Client, finn: User, upload: Upload) -> None:
    response = as_finn.post(OPEN, {**GOOD, "picture": upload()})
    assert response.url == reverse("studio:dashboard")
    artist = Artist.objects.get()
    assert (artist.user, artist.name, artist.accent) == (finn, "Nova Kite", "#2244aa")
    assert artist.avatar


def test_a_page_may_bear_its_users_own_handle_and_an_address_without_https(as_finn: Client) -> None:
    as_finn.post(OPEN, {**GOOD, "handle": "finn", "website": "nova.example"})
    artist = Artist.objects.get()
    assert (artist.handle, artist.website) == ("finn", "https://nova.example")


@pytest.mark.parametrize(("changes", "field", "sentence"), BAD)
def test_a_refused_page_is_not_opened(
    as_finn: Client, max_: Artist, changes: dict[str, str], field: str, sentence: str
) -> None:
    response = as_finn.post(OPEN, {**GOOD, **changes})
    assert response.status_code == 422
    assert sentence in " ".join(response.context["form"].errors[field])
    assert b"Lisboa" in response.content
    assert list(Artist.objects.all()) == [max_]


@pytest.mark.parametrize(("changes", "field", "sentence"), BAD)
def test_a_refused_edit_changes_nothing(
    as_ana: Client, ana: Artist, max_: Artist, changes: dict[str, str], field: str, sentence: str
) -> None:
    before = facts(ana)
    response = as_ana.post(EDIT, {**GOOD, **changes})
    assert response.status_code == 422
    assert sentence in " ".join(response.context["form"].errors[field])
    assert facts(ana) == before


def test_a_fake_picture_opens_no_page(as_finn: Client) -> None:
    fake = SimpleUploadedFile("me.jpg", b"GIF89a" + bytes(40), "image/jpeg")
    assert as_finn.post(OPEN, {**GOOD, "picture": fake}).status_code == 422
    assert not Artist.objects.exists()


def test_an_artist_edits_the_page_and_only_this_one(as_ana: Client, ana: Artist, max_: Artist) -> None:
    before = facts(max_)
    assert b"Ana Luz" in as_ana.get(EDIT).content
    response = as_ana.post(EDIT, {**GOOD, "pk": max_.pk, "user": max_.user.pk})
    assert response.url == EDIT
    ana.refresh_from_db()
    assert (ana.name, ana.handle, ana.user.handle) == ("Nova Kite", "nova", "ana")
    assert facts(max_) == before


def test_there_is_nothing_to_edit_without_a_page(as_finn: Client) -> None:
    assert as_finn.get(EDIT).status_code == 404
    assert as_finn.post(EDIT, GOOD).status_code == 404


def test_a_second_page_is_not_opened(as_ana: Client, ana: Artist) -> None:
    assert as_ana.get(OPEN).url == EDIT
    assert as_ana.post(OPEN, GOOD).url == EDIT
    with pytest.raises(AccountError, match=PAGE_EXISTS):
        artists.open_page(user=ana.user, name="Two", handle="two")
    assert Artist.objects.get().name == "Ana Luz"


@pytest.mark.parametrize("page", [OPEN, EDIT])
def test_visitors_are_asked_to_sign_in_and_other_methods_refused(
    page: str, visitor: Client, db: None
) -> None:
    assert visitor.get(page).url == f"{reverse('account_login')}?next={page}"
    assert visitor.delete(page).status_code == 405


@pytest.mark.django_db(transaction=True)
def test_two_artists_take_one_handle_at_once_and_the_second_is_told() -> None:
    finn, ana = make.user("finn"), make.user("ana")
    response = while_another_is_faster(
        lambda: make.artist("nova", owner=ana), lambda: signed_in(finn).post(OPEN, GOOD)
    )
    assert response.status_code == 422
    assert response.context["form"].errors == {"handle": [HANDLE_TAKEN]}
    assert Artist.objects.get().user == ana


@pytest.mark.django_db(transaction=True)
def test_one_user_opens_two_pages_at_once_and_gets_one() -> None:
    finn = make.user("finn")
    response = while_another_is_faster(
        lambda: make.artist("first", owner=finn), lambda: signed_in(finn).post(OPEN, GOOD)
    )
    assert response.status_code == 422
    assert response.context["form"].non_field_errors() == [PAGE_EXISTS]
    assert Artist.objects.get().handle == "first"


def test_a_colour_that_no_form_saw_is_refused_by_the_database(finn: User) -> None:
    with pytest.raises(AccountError, match="six hexadecimal digits"):
        artists.open_page(user=finn, name="Nova", handle="nova", accent="red")
    assert not Artist.objects.exists()
