"""Every address of the site × everybody: nothing breaks, and nobody finds another's unpublished things."""

import re
import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern, RoutePattern
from django.utils import timezone

from accounts.models import Artist, User
from audio.models import Upload
from tests import make
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db


def patterns(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    """Routes as written, joined; without what lies inside of the admin."""
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield route
        elif not route.startswith("admin/"):
            yield from patterns(entry, route)


ROUTES = sorted(set(patterns(get_resolver())))
NAMED = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")


class Draft:
    """Ana's unpublished things, and addresses that name them."""

    def __init__(self, ana: Artist) -> None:
        self.casset = make.casset(ana, "Side A")
        self.track = make.track(self.casset, "Rain")
        expiry = timezone.now() + timedelta(days=1)
        self.upload = Upload.objects.create(casset=self.casset, filename="a", size=9, expires_at=expiry)

    def address(self, route: str) -> str:
        pk: object = self.track.pk if "tracks/<int" in route else self.casset.pk
        if "<uuid:pk>" in route:
            pk = self.upload.pk
        values = {
            "handle": "ana",
            "slug": self.casset.slug,
            "track_slug": self.track.slug,
            "pk": pk,
            "key": "no-such-key",
            "uidb36": "1",
        }
        filled = NAMED.sub(lambda match: str(values[match[1] or match[2]]), route)
        return "/" + re.sub(r"[\^$]|\\Z", "", filled).replace("\\", "")


def test_routes_are_of_the_two_kinds_that_are_understood_here() -> None:
    kinds = {type(entry.pattern) for entry in get_resolver().url_patterns}
    assert kinds <= {RoutePattern, RegexPattern}
    assert len(ROUTES) > 40


@pytest.fixture
def everybody(ana: Artist, finn: User, max_: Artist, sol: User) -> dict[str, Client]:
    return {
        "visitor": Client(),
        "finn": signed_in(finn),
        "max": signed_in(max_.user),
        "sol": signed_in(sol),
        "ana": signed_in(ana.user),
    }


def test_no_address_breaks_for_anybody(everybody: dict[str, Client], ana: Artist) -> None:
    draft = Draft(ana)
    seen: dict[tuple[str, str], int] = {}
    for route in ROUTES:
        for name, client in everybody.items():
            client.raise_request_exception = False
            if "logout" not in route:
                seen[route, name] = client.get(draft.address(route)).status_code
    broken = {place: status for place, status in seen.items() if status >= 500 and "readyz" not in place[0]}
    assert broken == {}
    assert set(seen.values()) <= {200, 204, 302, 404, 405, 409}


OBJECTS = [route for route in ROUTES if "<int:pk>" in route or "<uuid:pk>" in route or "slug" in route]
TOLD_APART = {  # what a stranger may get for Ana's draft: not found, wrong method, or the way to sign in
    "visitor": {302, 404, 405},
    "finn": {302, 404, 405},
    "max": {404, 405},
}


@pytest.mark.parametrize("route", OBJECTS)
def test_unpublished_things_of_others_are_not_there(
    route: str, everybody: dict[str, Client], ana: Artist
) -> None:
    draft = Draft(ana)
    address = draft.address(route)
    missing = re.sub(r"\d+", "999999", address) if "<int" in route else address.replace("side-a", "side-z")
    if "<uuid" in route:
        missing = address.replace(str(draft.upload.pk), str(uuid.uuid4()))
    own = everybody["ana"].get(address).status_code
    assert own != 404
    for name, statuses in TOLD_APART.items():
        answer, nothing = everybody[name].get(address), everybody[name].get(missing)
        assert answer.status_code in statuses, (name, address)
        assert answer.status_code == nothing.status_code  # as if it did not exist
        assert "Rain" not in answer.text
        if answer.status_code == 302:
            assert re.match(r"/accounts/(login/\?next=|artist/)", answer.url)


def test_the_public_face_of_a_draft_is_its_artists_and_staffs(
    everybody: dict[str, Client], ana: Artist
) -> None:
    draft = Draft(ana)
    for address in (draft.casset.get_absolute_url(), draft.track.get_absolute_url()):
        statuses = {name: client.get(address).status_code for name, client in everybody.items()}
        assert statuses == {"visitor": 404, "finn": 404, "max": 404, "sol": 200, "ana": 200}
    # The artist's page shows what is out, to everybody alike: drafts are in the studio.
    assert not any("Side A" in client.get("/@ana/").text for client in everybody.values())


def test_an_address_beyond_the_numbers_of_the_database_is_not_found(everybody: dict[str, Client]) -> None:
    for route in OBJECTS:
        if "<int:pk>" in route:
            address = "/" + route.replace("<int:pk>", str(10**25))
            for client in everybody.values():
                assert client.get(address).status_code in {302, 404, 405}, address


@pytest.mark.parametrize(
    "address",
    ["/%00", "/@%00/", "/@ana/%00/", "/browse/?tag=%00", "/browse/?page=%00&sort=%00", "/?page=-1", "/?page=1e9",
     "/@ana/../../etc/passwd", "/browse/?page=99999999999999999999", "/accounts/login/?next=//evil.example",
     "/accounts/login/?next=%00", "/listen/tracks/0/", "/studio/cassets/0/tracks/?seen=%00", "/@" + "a" * 5000 + "/"],
)  # fmt: skip
def test_nonsense_in_an_address_is_answered_calmly(address: str, everybody: dict[str, Client]) -> None:
    for client in everybody.values():
        client.raise_request_exception = False
        answer = client.get(address)
        assert answer.status_code < 500, address
        assert "evil.example" not in answer.headers.get("Location", "")
