"""Every registered model in the admin: found, searched, opened, in a constant number of queries, by staff only."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count

import pytest
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Artist, User
from audio.models import AccessGrant, Casset, GrantSource, Play, Rendition, Tag, Track, Upload
from casset_site.outbox.models import Job
from tests import make

pytestmark = pytest.mark.django_db
_numbers = count(1)


def _email() -> None:
    number = next(_numbers)
    EmailAddress.objects.create(user=make.user(f"mail{number}"), email=f"mail{number}@example.com")


def _casset() -> None:
    made = make.casset(make.artist(f"casset{next(_numbers)}"), tracks=2)
    made.tags.add(Tag.objects.get_or_create(name="lofi", slug="lofi")[0])


def _listening() -> None:
    number = next(_numbers)
    track = make.track(make.casset(make.artist(f"listening{number}")))
    user = make.user(f"listener{number}")
    AccessGrant.objects.create(user=user, casset=track.casset, source=GrantSource.GIFT)
    Play.objects.create(track=track, listener="a" * 32, user=user, scope=2, ticket=f"ticket{number}")
    expiry = timezone.now() + timedelta(days=1)
    Upload.objects.create(casset=track.casset, filename="a.wav", size=1, track=track, expires_at=expiry)


MAKERS: dict[type[Model], Callable[[], object]] = {
    User: make.user,
    Artist: lambda: make.artist(f"artist{next(_numbers)}"),
    EmailAddress: _email,
    Group: lambda: Group.objects.create(name=f"Group {next(_numbers)}"),
    Tag: lambda: Tag.objects.create(name="t", slug=f"t{next(_numbers)}"),
    Casset: _casset,
    Track: _listening,
    Rendition: _listening,
    Upload: _listening,
    AccessGrant: _listening,
    Play: _listening,
    Job: lambda: Job.objects.create(task="audio.ingest.process", kwargs={"track_id": 1}),
}
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


def address(model: type[Model], page: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def queries(client: Client, url: str) -> int:
    client.get(url)  # warms what is asked once a process
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200, url
    return len(captured)


def test_every_model_has_a_maker_here() -> None:
    assert set(MODELS) == set(MAKERS)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_staff_find_everything_with_a_constant_number_of_queries(model: type[Model], as_sol: Client) -> None:
    MAKERS[model]()
    MAKERS[model]()
    listing = address(model, "changelist")
    search = f"{listing}?q=a%20b"
    last = model._default_manager.order_by("pk").last()
    assert last is not None
    pages = [listing, search, address(model, "change", last.pk)]
    few = [queries(as_sol, page) for page in pages]
    for _ in range(10):
        MAKERS[model]()
    many = [queries(as_sol, page) for page in pages]
    assert many == few
    assert max(many) <= 20
    can_add = admin.site._registry[model].has_add_permission(as_sol.get(listing).wsgi_request)
    assert as_sol.get(address(model, "add")).status_code == (200 if can_add else 403)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_filters_and_searches_with_odd_words_hold(model: type[Model], as_sol: Client) -> None:
    MAKERS[model]()
    listing = address(model, "changelist")
    for words in ("%", "'\"", "\\", "😀", "a" * 300, "1"):
        assert as_sol.get(listing, {"q": words}).status_code == 200
    assert as_sol.get(listing, {"q": "a", "o": "1", "p": "1"}).status_code == 200


def test_nobody_else_comes_in(visitor: Client, as_finn: Client, as_ana: Client) -> None:
    for model in MODELS:
        MAKERS[model]()
        last = model._default_manager.order_by("pk").last()
        assert last is not None
        for page in (address(model, "changelist"), address(model, "change", last.pk), address(model, "add")):
            for client in (visitor, as_finn, as_ana):
                answer = client.get(page)
                assert answer.status_code in (302, 403), page
                assert str(last.pk) not in answer.text or answer.status_code == 302


def test_what_the_product_writes_staff_may_not_rewrite(as_sol: Client) -> None:
    _listening()
    for model in (Rendition, Upload, AccessGrant, Play):
        rows = model._default_manager.order_by("pk").values()  # type: ignore[attr-defined]
        before = list(rows)
        url = address(model, "change", before[0]["id"])
        assert as_sol.post(url, {"size": 99, "filename": "b"}).status_code == 403
        assert list(rows.all()) == before


def test_staff_edit_a_tracks_words_and_not_what_was_measured(as_sol: Client) -> None:
    track = make.track(make.casset(make.artist()), "Rain", loudness_lufs=-14.0)
    words = {"position": 0, "title": "Snow", "premium_only": "", "isrc": "", "lyrics": "", "credits": ""}
    answer = as_sol.post(
        address(Track, "change", track.pk), {**words, "status": "REJECTED", "loudness_lufs": "0"}
    )
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    track.refresh_from_db()
    assert (track.title, track.status, track.loudness_lufs) == ("Snow", "READY", -14.0)
