"""Making a casset, its words and cover, and bringing it out."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from PIL import Image
from pytest_django import Settings

from accounts.models import Artist, User
from audio.models import Casset, CassetStatus, GrantSource, Rendition, Track, TrackStatus
from audio.services import access
from casset_site.lib import pictures, ratelimit
from studio.services import details
from tests import make

NEW = "/studio/cassets/new/"
WORDS = {"title": "Side A", "notes": "", "tags": ""}


def url(casset: Casset, act: str = "") -> str:
    return f"/studio/cassets/{casset.pk}/{act}"


def picture(side: int = 700) -> SimpleUploadedFile:
    data = BytesIO()
    Image.new("RGB", (side, side), "#336699").save(data, "PNG")
    return SimpleUploadedFile("cover.png", data.getvalue(), "image/png")


# --- Making one ------------------------------------------------------------------------------------------------------


def test_a_title_makes_a_draft_and_leads_to_its_page(ana: Artist, as_ana: Client) -> None:
    answer = as_ana.post(NEW, {"title": "  Night Bus "})
    casset = Casset.objects.get()
    assert (casset.title, casset.slug, casset.artist, casset.status) == (
        "Night Bus",
        "night-bus",
        ana,
        CassetStatus.DRAFT,
    )
    assert (answer.status_code, answer.url) == (302, url(casset))


def test_the_page_asks_for_a_title_only(as_ana: Client) -> None:
    page = as_ana.get(NEW)
    assert page.status_code == 200
    assert list(page.context["form"].fields) == ["title"]


@pytest.mark.parametrize("title", ["", "   ", "x" * 121, "nul\x00"])
def test_a_title_that_cannot_be_one_makes_nothing(title: str, as_ana: Client) -> None:
    assert as_ana.post(NEW, {"title": title}).status_code == 422
    assert not Casset.objects.exists()


def test_the_same_title_twice_makes_one_casset(as_ana: Client) -> None:
    as_ana.post(NEW, {"title": "Side A"})
    again = as_ana.post(NEW, {"title": "Side A"})
    assert again.status_code == 422
    assert "You have a casset with this title already." in again.text
    assert Casset.objects.count() == 1


def test_a_fan_makes_nothing_before_opening_a_page(as_finn: Client) -> None:
    answer = as_finn.post(NEW, {"title": "Side A"})
    assert (answer.status_code, answer.url) == (302, "/accounts/artist/")
    assert not Casset.objects.exists()


# --- Words and cover -------------------------------------------------------------------------------------------------


def test_words_and_cover_are_saved_together(ana: Artist, as_ana: Client) -> None:
    casset = make.casset(ana)
    answer = as_ana.post(
        url(casset),
        {"title": "Side B", "notes": "Taped at night.", "tags": "Dub, night drive, dub", "cover": picture()},
    )
    casset.refresh_from_db()
    assert (answer.status_code, answer.url) == (302, url(casset))
    assert (casset.title, casset.notes, len(casset.cover)) == ("Side B", "Taped at night.", 32)
    assert sorted(tag.name for tag in casset.tags.all()) == ["dub", "night drive"]


@pytest.mark.django_db(transaction=True)
def test_a_cover_is_decoded_and_stored_outside_of_a_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    casset, within = make.casset(), []
    read, store = pictures.read, pictures.store

    def watched(act: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(*given: object) -> object:
            within.append(connection.in_atomic_block)
            return act(*given)

        return wrapper

    monkeypatch.setattr(pictures, "read", watched(read))
    monkeypatch.setattr(pictures, "store", watched(store))
    details.save(casset=casset, **{**WORDS, "tags": []}, cover=picture())
    assert within == [False, False]
    assert Casset.objects.get().cover


def test_a_flood_of_covers_is_stopped_and_changes_nothing(
    ana: Artist, as_ana: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS_URL = "unix:///tmp/casset-no-such-folder/valkey.sock"
    settings.WEB_PROCESSES = 1
    monkeypatch.setattr(ratelimit, "memory", ratelimit.Memory())
    casset = make.casset(ana)
    for _ in range(pictures.RATE.depth):
        assert as_ana.post(url(casset), {**WORDS, "title": ""}).status_code == 422
    assert as_ana.post(url(casset), {**WORDS, "title": "Late", "cover": picture()}).status_code == 429
    assert as_ana.get(url(casset)).status_code == 200
    casset.refresh_from_db()
    assert (casset.title, casset.cover) == ("Side A", "")


def test_saving_twice_is_saving_once(ana: Artist, as_ana: Client) -> None:
    casset = make.casset(ana)
    for _ in range(2):
        assert as_ana.post(url(casset), {**WORDS, "tags": "dub"}).status_code == 302
    assert casset.tags.count() == 1


def test_the_address_of_a_published_casset_stays(ana: Artist, as_ana: Client) -> None:
    casset = make.casset(ana, published=True)
    as_ana.post(url(casset), {**WORDS, "title": "Another Name"})
    casset.refresh_from_db()
    assert (casset.title, casset.slug) == ("Another Name", "side-a")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("title", "", "This field is required."),
        ("tags", "a,b,c,d,e,f,g,h,i", "These are 9 tags. Keep the 8 that say most."),
        ("tags", "x" * 31, "is too long: a tag has up to 30 letters."),
        ("tags", "!!!", "has no letter and no digit"),
        ("notes", "n" * 10_001, "at most 10000 characters"),
    ],
)
def test_words_that_do_not_fit_change_nothing(
    field: str, value: str, words: str, ana: Artist, as_ana: Client
) -> None:
    casset = make.casset(ana, notes="As it was.")
    page = as_ana.post(url(casset), {"title": "Side B", "notes": "New", "tags": "dub", field: value})
    casset.refresh_from_db()
    assert page.status_code == 422
    assert words in page.text
    assert (casset.title, casset.notes, casset.tags.count()) == ("Side A", "As it was.", 0)


@pytest.mark.parametrize(
    "cover", [picture(100), SimpleUploadedFile("cover.png", b"not a picture", "image/png")]
)
def test_a_bad_cover_changes_nothing(cover: SimpleUploadedFile, ana: Artist, as_ana: Client) -> None:
    casset = make.casset(ana)
    page = as_ana.post(url(casset), {**WORDS, "title": "Side B", "cover": cover})
    casset.refresh_from_db()
    assert page.status_code == 422
    assert "picture" in str(page.context["form"].errors["cover"])
    assert (casset.title, casset.cover) == ("Side A", "")


def test_a_taken_title_keeps_the_old_cover_too(ana: Artist, as_ana: Client) -> None:
    make.casset(ana, "Side B")
    casset = make.casset(ana, "Side A")
    page = as_ana.post(url(casset), {**WORDS, "title": "Side B", "cover": picture()})
    casset.refresh_from_db()
    assert page.status_code == 422
    assert "You have a casset with this title already." in page.text
    assert (casset.title, casset.cover) == ("Side A", "")


# --- Bringing it out -------------------------------------------------------------------------------------------------


def test_a_finished_casset_comes_out_and_goes_back(ana: Artist, as_ana: Client, visitor: Client) -> None:
    casset = make.casset(ana, tracks=1)
    assert visitor.get(casset.get_absolute_url()).status_code == 404
    for _ in range(2):
        assert as_ana.post(url(casset, "publish/")).url == url(casset)
    assert visitor.get(casset.get_absolute_url()).status_code == 200
    for _ in range(2):
        assert as_ana.post(url(casset, "unpublish/")).url == url(casset)
    assert visitor.get(casset.get_absolute_url()).status_code == 404


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (None, "Add at least one track first."),
        (TrackStatus.PROCESSING, "1 track is still being processed."),
        (TrackStatus.REJECTED, "1 file could not be used."),
    ],
)
def test_what_is_not_finished_stays_a_draft_and_says_why(
    status: TrackStatus | None, reason: str, ana: Artist, as_ana: Client
) -> None:
    casset = make.casset(ana, tracks=1 if status else 0)
    if status:
        track = make.track(casset, ready=False)
        Track.objects.filter(pk=track.pk).update(status=status)
    assert reason in as_ana.get(url(casset)).text
    page = as_ana.post(url(casset, "publish/"))
    casset.refresh_from_db()
    assert page.status_code == 422
    assert reason in page.text
    assert (casset.status, casset.published_at) == (CassetStatus.DRAFT, None)


# --- Whose it is -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["", "publish/", "unpublish/", "tracks/", "import/"])
def test_another_artist_finds_nothing(act: str, ana: Artist, as_max: Client) -> None:
    casset = make.casset(ana, tracks=1)
    before = Casset.objects.values().get()
    method = as_max.get if act == "tracks/" else as_max.post
    assert (
        method(url(casset, act), {"title": "Mine now", "url": "https://example.com/a.mp3"}).status_code == 404
    )
    assert Casset.objects.values().get() == before
    assert not casset.uploads.exists()


@pytest.mark.parametrize("act", ["", "publish/", "unpublish/", "tracks/", "import/"])
def test_a_visitor_is_asked_to_sign_in(act: str, visitor: Client, ana: Artist) -> None:
    casset = make.casset(ana)
    method = visitor.get if act in ("", "tracks/") else visitor.post
    answer = method(url(casset, act))
    assert answer.status_code == 302
    assert answer.url.startswith("/accounts/login/?next=/studio/")


@pytest.mark.parametrize(
    ("method", "act"),
    [("put", ""), ("get", "publish/"), ("get", "unpublish/"), ("get", "import/"), ("post", "tracks/")],
)
def test_each_act_has_its_method(method: str, act: str, ana: Artist, as_ana: Client) -> None:
    casset = make.casset(ana, tracks=1)
    assert getattr(as_ana, method)(url(casset, act)).status_code == 405
    casset.refresh_from_db()
    assert casset.status == CassetStatus.DRAFT


def test_a_form_without_its_token_does_nothing(ana: Artist) -> None:
    casset = make.casset(ana, tracks=1)
    client = Client(enforce_csrf_checks=True)
    client.force_login(ana.user)
    assert client.post(url(casset, "publish/")).status_code == 403
    casset.refresh_from_db()
    assert casset.status == CassetStatus.DRAFT


@pytest.mark.parametrize("tracks", [1, 20])
def test_queries_do_not_grow_with_the_tracks(
    tracks: int, ana: Artist, as_ana: Client, django_assert_max_num_queries: object
) -> None:
    casset = make.casset(ana, tracks=tracks)
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        as_ana.get(url(casset))


def test_a_draft_is_deleted_with_all_that_belongs_to_it(ana: Artist, as_ana: Client, as_max: Client) -> None:
    casset = make.casset(ana, tracks=2)
    assert as_max.post(url(casset, "delete/")).status_code == 404
    assert "Delete “Side A”?" in as_ana.get(url(casset, "delete/")).text
    assert Casset.objects.count() == 1
    assert as_ana.post(url(casset, "delete/")).url == "/studio/"
    assert Casset.objects.count() == Track.objects.count() == 0
    assert as_ana.post(url(casset, "delete/")).status_code == 404


def test_what_is_out_or_collected_is_not_deleted(ana: Artist, as_ana: Client, finn: User) -> None:
    out, collected = make.casset(ana, published=True), make.casset(ana, "Side B", tracks=1)
    access.grant(user=finn, casset=collected, source=GrantSource.GIFT)
    for casset, reason in ((out, "Take it back first."), (collected, "Somebody has collected this casset")):
        page = as_ana.post(url(casset, "delete/"))
        assert (page.status_code, reason in page.text) == (422, True)
        assert casset.tracks.ready().count() == 1
    assert Rendition.objects.filter(withdrawn_at=None).count() == 4
