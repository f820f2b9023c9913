"""Who may hear a casset in full: grants, their end, and races for them."""

import threading
from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from pytest_django import Settings

from accounts.models import Artist, User
from audio.models import AccessGrant, Casset, GrantSource, Track
from audio.services import access
from audio.services.access import FULL, PREVIEW
from audio.stream_token import Scope
from tests import make


@pytest.fixture
def track(ana: Artist) -> Track:
    return make.casset(ana, published=True).tracks.select_related("casset__artist").get()


def heard(track: Track, user: User | AnonymousUser) -> access.Access:
    return access.Listener(user, {track.casset_id}).to(track)


def test_who_hears_what(track: Track, finn: User, max_: Artist, sol: User) -> None:
    assert heard(track, track.casset.artist.user) == FULL
    assert heard(track, sol) == FULL
    for user in (AnonymousUser(), finn, max_.user):
        assert heard(track, user) == PREVIEW
    grant = access.grant(user=finn, casset=track.casset, source=GrantSource.GIFT)
    assert heard(track, finn) == access.Access(Scope.FULL, grant.pk)
    assert heard(track, max_.user) == PREVIEW


def test_a_grant_is_for_one_casset(track: Track, finn: User) -> None:
    other = make.casset(track.casset.artist, "Side B", published=True)
    access.grant(user=finn, casset=other, source=GrantSource.GIFT)
    assert heard(track, finn) == PREVIEW


def test_granting_twice_is_granting_once(track: Track, finn: User) -> None:
    first = access.grant(user=finn, casset=track.casset, source=GrantSource.GIFT)
    again = access.grant(user=finn, casset=track.casset, source=GrantSource.PURCHASE)
    assert first == again
    assert AccessGrant.objects.values_list("source", flat=True).get() == GrantSource.GIFT


def test_revoking_ends_it_and_a_second_time_changes_nothing(track: Track, finn: User) -> None:
    grant = access.grant(user=finn, casset=track.casset, source=GrantSource.GIFT)
    assert access.revoke(user=finn, casset=track.casset) == 1
    assert heard(track, finn) == PREVIEW
    grant.refresh_from_db()
    ended = grant.revoked_at
    assert ended is not None
    assert access.revoke(user=finn, casset=track.casset) == 0
    grant.refresh_from_db()
    assert grant.revoked_at == ended


def test_a_new_grant_after_the_end_is_another_row(track: Track, finn: User) -> None:
    old = access.grant(user=finn, casset=track.casset, source=GrantSource.GIFT)
    access.revoke(user=finn, casset=track.casset)
    new = access.grant(user=finn, casset=track.casset, source=GrantSource.PURCHASE)
    assert new.pk != old.pk
    assert heard(track, finn).grant == new.pk


def test_without_gating_everybody_hears_everything(track: Track, settings: Settings) -> None:
    settings.PURCHASE_GATING = False
    assert heard(track, AnonymousUser()) == FULL


@pytest.mark.django_db(transaction=True)
def test_of_two_grants_at_the_same_time_there_is_one(ana: Artist, finn: User) -> None:
    casset = make.casset(ana, published=True)
    assert (
        len(set(at_once(4, lambda: access.grant(user=finn, casset=casset, source=GrantSource.GIFT).pk))) == 1
    )
    assert AccessGrant.objects.count() == 1
    assert sorted(at_once(4, lambda: access.revoke(user=finn, casset=casset))) == [0, 0, 0, 1]
    assert not AccessGrant.objects.active().exists()


def at_once(count: int, act: Callable[[], int]) -> list[int]:
    start, answers = threading.Barrier(count), []

    def run() -> None:
        start.wait(10)
        try:
            answers.append(act())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


def test_grants_of_a_shelf_are_read_with_one_query(
    ana: Artist, finn: User, django_assert_num_queries: object
) -> None:
    shelf: list[Casset] = [make.casset(ana, f"Side {n}", published=True) for n in range(5)]
    tracks = [casset.tracks.select_related("casset__artist").get() for casset in shelf]
    with django_assert_num_queries(1):  # type: ignore[operator]
        rights = access.Listener(finn, {casset.pk for casset in shelf})
        assert {rights.to(track) for track in tracks} == {PREVIEW}
