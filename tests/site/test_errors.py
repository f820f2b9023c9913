"""Pages for what went wrong: the right status, kind words, a way on, and nothing of the inside."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Artist
from casset_site import errors

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "page", ["/no/such/page", "/@nobody/", "/@ana/no-such-casset/", "/listen/", "/admin/nothing/"]
)
def test_what_does_not_exist_is_said_kindly(page: str, visitor: Client, ana: Artist) -> None:
    answer = visitor.get(page)
    if page.startswith("/admin/"):
        assert answer.status_code == 302
        return
    assert answer.status_code == 404
    assert '<a class="btn' in answer.text or 'href="/"' in answer.text
    for inside in ("Traceback", "casset_site", "urlpatterns", "DoesNotExist"):
        assert inside not in answer.text


def test_a_wrong_method_is_told_with_the_right_ones(visitor: Client) -> None:
    answer = visitor.post("/browse/")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD"


def test_a_program_gets_json_where_it_asks_for_it(visitor: Client) -> None:
    answer = visitor.get("/listen/tracks/999999/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/json")
    assert answer.json()["error"].endswith(".")
    refused = visitor.post("/listen/plays/", "{", content_type="application/json")
    assert (refused.status_code, refused.json()) == (400, {"counted": False, "reason": "bad_request"})


def test_the_page_for_a_lost_token_asks_nothing_of_the_database(rf: object) -> None:
    request = rf.post("/")  # type: ignore[attr-defined]
    request.user = AnonymousUser()
    with CaptureQueriesContext(connection) as captured:
        answer = errors.csrf_failure(request, reason="CSRF cookie not set.")
    assert answer.status_code == 403
    assert b"CSRF cookie not set" not in answer.content
    assert len(captured) == 0
