"""Every process hears of an ended right: at once through Redis, within the poll without it."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Artist, User
from audio import revocation
from audio.models import AccessGrant, GrantSource, Rendition, Track
from audio.revocation import Revocations
from audio.services import access, previews, tracks
from casset_site.lib import redis
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)


def watched(act: Callable[[], object], until: Callable[[Revocations], bool]) -> Revocations:
    """A watcher as a web process has it; `act` happens elsewhere once it has looked and listens."""

    async def scene() -> Revocations:
        revocations = Revocations()
        watch = asyncio.create_task(revocations.watch())
        try:
            await _wait_for(_listeners)
            await sync_to_async(act)()
            await _wait_for(lambda: until(revocations))
        finally:
            watch.cancel()
        return revocations

    return asyncio.run(scene())


async def _wait_for(happens: Callable[[], object]) -> None:
    for _ in range(1000):
        if await sync_to_async(happens)():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not happen")


def _listeners() -> int:
    """How many processes listen; without Redis there is nothing to wait for."""
    count = redis.degrade(
        lambda: redis.client().pubsub_numsub(revocation.CHANNEL)[0][1], lambda: 1, what="test"
    )
    return int(count)


@pytest.fixture
def track(ana: Artist) -> Track:
    return make.casset(ana, published=True).tracks.select_related("casset__artist").get()


@pytest.fixture
def never_polls(settings: Settings) -> None:
    settings.STREAM_REVOCATION_POLL_S = 3600


@pytest.fixture
def no_redis(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.REDIS_URL = "unix:///tmp/casset-no-such-folder/valkey.sock"
    settings.STREAM_REVOCATION_POLL_S = 0.05
    monkeypatch.setattr(redis, "breaker", redis.Breaker())


@pytest.mark.usefixtures("never_polls")
def test_a_revoked_grant_is_known_at_once(track: Track, finn: User) -> None:
    grant = access.grant(user=finn, casset=track.casset, source=GrantSource.GIFT)
    known = watched(
        lambda: access.revoke(user=finn, casset=track.casset), lambda seen: grant.pk in seen.grants
    )
    assert known.hit(grant=grant.pk, rendition=0)
    assert not known.hit(grant=grant.pk + 1, rendition=0)


@pytest.mark.usefixtures("never_polls")
def test_a_withdrawn_preview_is_known_at_once(track: Track, monkeypatch: pytest.MonkeyPatch) -> None:
    old = track.preview_id
    cut = previews.Cut(sha256="e" * 64, size=5, start_samples=0, length_samples=5)
    monkeypatch.setattr(previews, "cut", lambda *_, **__: cut)  # the rows' files are no music
    known = watched(
        lambda: tracks.set_preview(track=track, start_ms=1000, length_ms=6000),
        lambda seen: old in seen.renditions,
    )
    assert known.hit(grant=0, rendition=old)


@pytest.mark.usefixtures("no_redis")
def test_without_redis_it_is_known_by_the_next_look(track: Track, finn: User) -> None:
    grant = access.grant(user=finn, casset=track.casset, source=GrantSource.GIFT)
    watched(lambda: access.revoke(user=finn, casset=track.casset), lambda seen: grant.pk in seen.grants)


def test_what_outlived_every_token_is_forgotten(track: Track, finn: User) -> None:
    old = AccessGrant.objects.create(user=finn, casset=track.casset, source=GrantSource.GIFT)
    AccessGrant.objects.update(revoked_at=timezone.now() - timedelta(hours=1))
    Rendition.objects.filter(pk=track.preview_id).update(withdrawn_at=timezone.now())
    revocations = Revocations()
    revocations.refresh()
    assert not revocations.hit(grant=old.pk, rendition=0)
    assert revocations.renditions == {track.preview_id}


def test_a_token_without_a_grant_is_never_hit_by_grants() -> None:
    revocations = Revocations()
    revocations.refresh()
    assert not revocations.hit(grant=0, rendition=1)
