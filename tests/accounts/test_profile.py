"""A user's own page, and the sessions that it can end."""

from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import Artist, User
from accounts.services import sessions
from accounts.services.refusals import HANDLE_TAKEN
from accounts.templatetags.people import avatar_url
from tests import make
from tests.accounts.conftest import Upload
from tests.accounts.test_signing_up import while_another_is_faster
from tests.conftest import signed_in

PAGE = "/accounts/profile/"


def test_a_name_a_handle_and_a_picture_are_saved(as_finn: Client, finn: User, upload: Upload) -> None:
    data = {"display_name": "Finn Fan", "handle": "finnegan", "picture": upload()}
    assert as_finn.post(PAGE, data).url == PAGE
    finn.refresh_from_db()
    assert (finn.display_name, finn.handle) == ("Finn Fan", "finnegan")
    assert all(default_storage.exists(f"avatars/{finn.avatar}-{width}.webp") for width in (96, 320))
    assert avatar_url(finn, 320).encode() in as_finn.get(PAGE).content


def test_saving_twice_is_saving_once(as_finn: Client, finn: User) -> None:
    for _ in range(2):
        assert as_finn.post(PAGE, {"display_name": "Finn", "handle": "finn"}).status_code == 302
    finn.refresh_from_db()
    assert finn.handle == "finn"


def test_a_picture_stays_until_it_is_removed(as_finn: Client, finn: User, upload: Upload) -> None:
    as_finn.post(PAGE, {"handle": "finn", "picture": upload()})
    as_finn.post(PAGE, {"handle": "finn"})
    finn.refresh_from_db()
    assert finn.avatar
    as_finn.post(PAGE, {"handle": "finn", "remove_picture": "on"})
    finn.refresh_from_db()
    assert (finn.avatar, avatar_url(finn, 96)) == ("", "")


@pytest.mark.parametrize(
    ("handle", "sentence"),
    [
        ("ana", HANDLE_TAKEN),
        ("ANA", HANDLE_TAKEN),
        ("browse", "kept for the site"),
        ("ad-min", "kept for the site"),
        ("ä", "Use 1 to 30"),
        ("", "required"),
    ],
)
def test_a_refused_handle_changes_nothing(
    as_finn: Client, finn: User, ana: Artist, handle: str, sentence: str
) -> None:
    response = as_finn.post(PAGE, {"display_name": "Changed", "handle": handle})
    assert response.status_code == 422
    assert sentence in " ".join(response.context["form"].errors["handle"])
    assert response.context["user"].handle == "finn"
    assert b'value="Changed"' in response.content
    finn.refresh_from_db()
    assert (finn.display_name, finn.handle) == ("", "finn")


def test_a_file_that_is_no_picture_changes_nothing(as_finn: Client, finn: User) -> None:
    fake = SimpleUploadedFile("me.png", b"<svg onload=alert(1)>", "image/png")
    response = as_finn.post(PAGE, {"display_name": "Changed", "handle": "finn", "picture": fake})
    assert response.status_code == 422
    assert "not a picture we can read" in str(response.context["form"].errors["picture"])
    finn.refresh_from_db()
    assert (finn.display_name, finn.avatar) == ("", "")


def test_a_picture_too_small_is_refused(as_finn: Client, upload: Upload) -> None:
    response = as_finn.post(PAGE, {"handle": "finn", "picture": upload(64)})
    assert response.status_code == 422
    assert "needs at least 96" in str(response.context["form"].errors["picture"])


def test_a_profile_is_only_ones_own(as_finn: Client, ana: Artist) -> None:
    as_finn.post(
        PAGE, {"display_name": "Mallory", "handle": "mallory", "pk": ana.user.pk, "user": ana.user.pk}
    )
    ana.user.refresh_from_db()
    assert ana.user.handle == "ana"


def test_a_visitor_is_asked_to_sign_in(visitor: Client, db: None) -> None:
    assert visitor.get(PAGE).url == f"{reverse('account_login')}?next={PAGE}"
    assert visitor.post(PAGE, {"handle": "x"}).url == f"{reverse('account_login')}?next={PAGE}"


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(as_finn: Client, method: str) -> None:
    assert getattr(as_finn, method)(PAGE).status_code == 405


@pytest.mark.django_db(transaction=True)
def test_a_handle_lost_in_a_race_is_refused_and_nothing_changed() -> None:
    finn = make.user("finn", display_name="Finn")
    response = while_another_is_faster(
        lambda: make.user("nova"),
        lambda: signed_in(finn).post(PAGE, {"display_name": "New", "handle": "nova"}),
    )
    assert response.status_code == 422
    assert response.context["form"].errors == {"handle": [HANDLE_TAKEN]}
    finn.refresh_from_db()
    assert (finn.display_name, finn.handle) == ("Finn", "finn")


def test_signing_out_elsewhere_keeps_this_device(finn: User) -> None:
    here, there = signed_in(finn), signed_in(finn)
    key = here.session.session_key
    assert here.post(reverse("accounts:sessions-end")).url == PAGE
    assert here.get(PAGE).status_code == 200
    assert here.session.session_key != key
    assert there.get(PAGE).status_code == 302


def test_a_raised_version_ends_every_session(finn: User) -> None:
    here, there = signed_in(finn), signed_in(finn)
    sessions.sign_out_everywhere(user=finn)
    assert finn.session_version == 2
    assert {client.get(PAGE).status_code for client in (here, there)} == {302}


def test_sessions_are_ended_by_post_and_by_members(as_finn: Client, visitor: Client, finn: User) -> None:
    end = reverse("accounts:sessions-end")
    assert as_finn.get(end).status_code == 405
    assert visitor.post(end).status_code == 302
    finn.refresh_from_db()
    assert finn.session_version == 1


def test_a_suspended_user_is_out_and_old_sessions_stay_dead(finn: User) -> None:
    member = signed_in(finn)
    everyone = User.objects.filter(pk=finn.pk)
    assert [sessions.suspend(users=everyone), sessions.suspend(users=everyone)] == [1, 0]
    assert member.get(PAGE).status_code == 302
    assert [sessions.reactivate(users=everyone), sessions.reactivate(users=everyone)] == [1, 0]
    assert member.get(PAGE).status_code == 302
    finn.refresh_from_db()
    assert (finn.is_active, finn.session_version) == (True, 3)


def test_nobody_learns_of_mail_files_in_production(settings: Settings, tmp_path: Path, db: None) -> None:
    note = b"no mail goes out"
    page = reverse("account_reset_password_done")
    assert note not in Client().get(page).content
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    assert str(tmp_path / "mail").encode() in Client().get(page).content
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    assert b"the terminal" in Client().get(page).content
