"""Without Redis, whether it refuses or hangs, everything goes on: slower to tell, never wrong."""

import signal
import time

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client

from accounts.models import Artist, User
from audio.asgi import AudioRouter
from audio.models import GrantSource, Play, Track
from audio.services import access, plays, streams
from casset_site.lib import ratelimit
from casset_site.lib.gcra import Limit
from casset_site.outbox import services as outbox
from casset_site.outbox.models import Job
from tests import make
from tests.asgi import call
from tests.lib.conftest import Valkey

pytestmark = pytest.mark.django_db
SIGN_IN = {"login": "finn@example.com", "password": make.PASSWORD}


@pytest.mark.usefixtures("away")
def test_every_page_is_served(visitor: Client, as_ana: Client, ana: Artist) -> None:
    casset = make.casset(ana, published=True)
    track = casset.tracks.get()
    pages = ["/", "/browse/", "/@ana/", casset.get_absolute_url(), track.get_absolute_url(), "/accounts/login/",
             "/accounts/signup/", f"/listen/tracks/{track.pk}/", f"/listen/cassets/{casset.pk}/"]  # fmt: skip
    for page in pages:
        assert visitor.get(page).status_code == 200, page
    for page in (
        "/studio/",
        f"/studio/cassets/{casset.pk}/",
        f"/studio/tracks/{track.pk}/",
        "/accounts/profile/",
    ):
        assert as_ana.get(page).status_code == 200, page


@pytest.mark.usefixtures("away")
def test_people_sign_in_stay_signed_in_and_sign_out(visitor: Client, finn: User) -> None:
    assert visitor.post("/accounts/login/", SIGN_IN).status_code == 302
    assert Session.objects.count() == 1
    assert visitor.get("/accounts/profile/").status_code == 200
    visitor.post("/accounts/logout/")
    assert visitor.get("/accounts/profile/").status_code == 302


def test_who_was_signed_in_before_stays_so(valkey: Valkey, visitor: Client, finn: User) -> None:
    visitor.post("/accounts/login/", SIGN_IN)
    valkey.stop()
    assert visitor.get("/accounts/profile/").status_code == 200
    valkey.start()  # empty
    assert visitor.get("/accounts/profile/").status_code == 200


def test_who_signed_out_meanwhile_is_not_signed_in_again_when_redis_is_back(
    valkey: Valkey, visitor: Client, finn: User
) -> None:
    visitor.post("/accounts/login/", SIGN_IN)
    visitor.get("/accounts/profile/")
    stolen = Client()
    stolen.cookies["sessionid"] = visitor.cookies["sessionid"].value
    valkey.signal(signal.SIGSTOP)
    visitor.post("/accounts/logout/")
    assert not Session.objects.exists()
    valkey.signal(signal.SIGCONT)
    time.sleep(0.1)
    assert cache.get("anything") is None
    assert stolen.get("/accounts/profile/").status_code == 302


@pytest.mark.usefixtures("away")
def test_limits_still_hold(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ratelimit, "memory", ratelimit.Memory())
    limit = Limit(4, per_seconds=3600, burst=4)
    allowed = [ratelimit.check("fault", limit).allowed for _ in range(10)]
    assert 1 <= sum(allowed) <= 4
    assert allowed[0]
    assert not allowed[-1]


@pytest.mark.usefixtures("away")
def test_jobs_are_ordered_in_the_database(finn: User) -> None:
    outbox.order("audio.files.collect")
    assert Job.objects.get().task == "audio.files.collect"


@pytest.mark.usefixtures("away")
def test_nothing_about_a_cache_raises() -> None:
    cache.set("key", 1)
    assert cache.get("key") is None
    assert cache.add("key", 1) is True
    assert cache.get_many(["key"]) == {}
    assert cache.get_or_set("key", 5) == 5
    cache.delete("key")
    cache.clear()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("away")
def test_music_plays_is_counted_and_ends_by_looking(ana: Artist, finn: User) -> None:
    listener = "a" * 32
    track = make.casset(ana, published=True).tracks.get()
    access.grant(user=finn, casset=track.casset, source=GrantSource.GIFT)
    row = Track.objects.with_casset().get(pk=track.pk)
    streams.attach([row], user=finn, listener=listener, now=time.time())
    router, cookie = AudioRouter(None), {"cookie": f"listener={listener}"}  # type: ignore[arg-type]
    assert call(router, row.playable["src"], "GET", cookie).status == 200
    ticket = plays.tokens.sign(plays.PURPOSE, ["n", track.pk, plays.digest(listener), 1000, True, 0])
    plays.record(value=ticket, listener=listener, user=AnonymousUser())
    assert Play.objects.count() == 1
    assert access.revoke(user=finn, casset=track.casset) == 1  # the announcement goes nowhere
    router.revocations.refresh()  # what the watcher does every few seconds
    assert call(router, row.playable["src"], "GET", cookie).headers["x-audio-reason"] == "revoked"
