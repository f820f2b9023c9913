"""Plays are counted when they are real."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import Artist
from audio.models import Play, Track
from audio.services import plays
from tests import make

HERS = "a" * 32


@pytest.fixture
def track(ana: Artist) -> Track:
    return make.casset(ana, published=True).tracks.get()


def ticket(track: Track, listener: str = HERS, offered_ms: int = 30_000) -> str:
    return plays.ticket(track=track.pk, listener=listener, offered_ms=offered_ms, full=False)


def post(client: Client, value: object) -> tuple[int, str]:
    client.cookies["listener"] = HERS
    answer = client.post("/listen/plays/", {"ticket": value}, content_type="application/json")
    return answer.status_code, answer.json()["reason"] if answer.content else ""


def counted(track: Track) -> tuple[int, int]:
    track.refresh_from_db()
    return Play.objects.count(), track.play_count


@pytest.mark.django_db
def test_a_play_counts_after_half_the_preview_and_only_once(visitor: Client, track: Track) -> None:
    value = ticket(track)
    with time_machine.travel(timezone.now() + timedelta(seconds=16), tick=False):
        assert post(visitor, value) == (204, "")
        assert post(visitor, value) == (200, "repeated")
    assert counted(track) == (1, 1)


@pytest.mark.django_db
def test_what_is_not_a_real_play_does_not_count(visitor: Client, track: Track) -> None:
    assert post(visitor, ticket(track)) == (200, "too_soon")
    assert post(visitor, ticket(track)[:-2] + "xx") == (200, "bad_ticket")
    with time_machine.travel(timezone.now() + timedelta(seconds=40), tick=False):
        assert post(visitor, ticket(track, listener="b" * 32)) == (200, "foreign")
    stale = ticket(track)
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=False):
        assert post(visitor, stale) == (200, "bad_ticket")
    assert visitor.post("/listen/plays/", b"{", content_type="application/json").status_code == 400
    assert visitor.get("/listen/plays/").status_code == 405
    assert counted(track) == (0, 0)


@pytest.mark.django_db
def test_one_device_cannot_play_faster_than_music(visitor: Client, track: Track) -> None:
    first, second = ticket(track), ticket(track)
    start = timezone.now()
    with time_machine.travel(start + timedelta(seconds=20), tick=False):
        assert post(visitor, first)[0] == 204
        assert post(visitor, second) == (200, "too_fast")
    assert counted(track) == (1, 1)
    with time_machine.travel(start + timedelta(seconds=36), tick=False):
        assert post(visitor, second)[0] == 204
    assert counted(track) == (2, 2)


@pytest.mark.django_db(transaction=True)
def test_the_same_ticket_from_many_tabs_counts_once(track: Track) -> None:
    value = ticket(track)
    outcomes: list[str] = []

    def report() -> None:
        try:
            plays.record(value=value, listener=HERS, user=track.casset.artist.user)
            outcomes.append("counted")
        except plays.NotCounted as refusal:
            outcomes.append(refusal.reason)
        finally:
            connection.close()

    with time_machine.travel(timezone.now() + timedelta(seconds=20)):
        threads = [threading.Thread(target=report) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(outcomes) == ["counted"] + ["repeated"] * 5
    assert counted(track) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_a_removed_track_gains_no_plays(track: Track) -> None:
    value = ticket(track)
    Track.objects.filter(pk=track.pk).delete()
    with time_machine.travel(timezone.now() + timedelta(seconds=20)), pytest.raises(plays.NotCounted):
        plays.record(value=value, listener=HERS, user=make.user())
    assert Play.objects.count() == 0
