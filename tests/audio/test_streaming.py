"""The router in front of Django: who gets which bytes."""

import base64
import json
import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import OperationalError
from django.utils import timezone

from accounts.models import Artist, User
from audio.asgi import AudioRouter
from audio.models import AccessGrant, GrantSource, Rendition, Track
from audio.services import access, cassets, files, streams, tracks
from audio.stream_token import Claims, Scope
from tests import make
from tests.asgi import Answer, call

pytestmark = pytest.mark.django_db(transaction=True)
HERS, OTHER = "a" * 32, "b" * 32


async def nothing(scope: object, receive: object, send: object) -> None:  # pragma: no cover
    raise AssertionError("the request went on to Django")


@pytest.fixture
def router() -> AudioRouter:
    return AudioRouter(nothing)


@pytest.fixture
def track(ana: Artist) -> Track:
    return make.casset(ana, published=True).tracks.get()


def offered(track: Track, user: User | AnonymousUser | None = None, listener: str = HERS) -> streams.Playable:
    row = Track.objects.with_casset().get(pk=track.pk)
    streams.attach([row], user=user or AnonymousUser(), listener=listener, now=time.time())
    return row.playable


def content(rendition: Rendition) -> bytes:
    return files.renditions().open(files.rendition_key(rendition.sha256)).read()


def get(router: AudioRouter, url: str, method: str = "GET", listener: str = HERS, **headers: str) -> Answer:
    sent = {
        "cookie": f"theme=dark; listener={listener}",
        **{k.replace("_", "-"): v for k, v in headers.items()},
    }
    return call(router, url, method, sent)


def test_a_stranger_is_sent_the_preview_and_the_artist_the_whole(router: AudioRouter, track: Track) -> None:
    preview, full = offered(track), offered(track, track.casset.artist.user)
    assert (preview["scope"], full["scope"]) == ("preview", "full")
    assert get(router, preview["src"]).body == content(track.preview)
    assert get(router, full["src"]).body == content(track.stream)


def test_ranges_arrive_as_asked(router: AudioRouter, track: Track) -> None:
    src, whole = offered(track)["src"], content(track.preview)
    probe = get(router, src, range="bytes=0-1")
    assert (probe.status, probe.body) == (206, whole[:2])
    assert probe.headers["content-range"] == f"bytes 0-1/{len(whole)}"
    assert probe.headers["content-type"] == "audio/mpeg"
    assert probe.headers["accept-ranges"] == "bytes"
    assert get(router, src, range="bytes=40000-49999").body == whole[40000:50000]
    assert get(router, src, range="bytes=-5").body == whole[-5:]
    beyond = get(router, src, range=f"bytes={len(whole)}-")
    assert (beyond.status, beyond.headers["content-range"], beyond.body) == (
        416,
        f"bytes */{len(whole)}",
        b"",
    )
    assert get(router, src, range="bites=1-2").status == 200
    assert get(router, src, "HEAD").body == b""
    assert get(router, src, "POST").status == 405


def test_the_etag_is_strong_and_saves_sending_again(router: AudioRouter, track: Track) -> None:
    src = offered(track)["src"]
    etag = get(router, src).headers["etag"]
    assert etag.startswith('"')
    assert get(router, src, if_none_match=etag).status == 304
    assert get(router, src, range="bytes=0-9", if_range='"another"').status == 200


@pytest.mark.parametrize(
    "url", ["/a/1.mp3", "/a/1.mp3?t=", "/a/x.mp3?t=" + "A" * 40, "/a/../../etc/passwd?t=" + "A" * 40]
)
def test_addresses_without_a_genuine_token_are_refused(router: AudioRouter, url: str) -> None:
    answer = get(router, url)
    assert (answer.status, answer.headers["x-audio-reason"], answer.body) == (403, "bad", b"")
    assert answer.headers["cache-control"] == "no-store"


def test_a_forged_token_is_refused(router: AudioRouter, track: Track) -> None:
    src = offered(track)["src"]
    for position in (0, 10, 30, 39):
        at = src.index("?t=") + 3 + position
        forged = src[:at] + ("A" if src[at] != "A" else "B") + src[at + 1 :]
        assert get(router, forged).headers["x-audio-reason"] == "bad"


def test_a_preview_token_does_not_open_the_full_track(router: AudioRouter, track: Track) -> None:
    token = offered(track)["src"].partition("?")[2]
    answer = get(router, f"/a/{track.stream_id}.mp3?{token}")
    assert (answer.status, answer.headers["x-audio-reason"]) == (403, "bad")


def test_an_expired_token_says_so(router: AudioRouter, track: Track) -> None:
    claims = Claims(Scope.PREVIEW, track.preview_id, int(time.time()) - 1, streams.listener_number(HERS))
    answer = get(router, f"/a/{track.preview_id}.mp3?t={streams.signer().mint(claims)}")
    assert (answer.status, answer.headers["x-audio-reason"]) == (403, "expired")


def test_a_token_works_only_on_the_device_it_was_made_for(router: AudioRouter, track: Track) -> None:
    src = offered(track)["src"]
    assert get(router, src, listener=OTHER).headers["x-audio-reason"] == "foreign"
    assert call(router, src).headers["x-audio-reason"] == "foreign"


def test_a_revoked_grant_ends_access_and_streams_under_way(
    router: AudioRouter, track: Track, finn: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "STREAM_CHUNK_BYTES", 1000)
    grant = access.grant(user=finn, casset=track.casset, source=GrantSource.STAFF)
    playable = offered(track, finn)
    assert playable["scope"] == "full"

    def revoke_at_third(chunk: int) -> None:
        if chunk == 3:
            router.revocations.grants = frozenset({grant.pk})

    cut = call(router, playable["src"], "GET", {"cookie": f"listener={HERS}"}, revoke_at_third)
    assert (cut.complete, len(cut.body)) == (False, 4000)
    assert access.revoke(user=finn, casset=track.casset) == 1
    router.revocations.refresh()
    assert get(router, playable["src"]).headers["x-audio-reason"] == "revoked"
    assert offered(track, finn)["scope"] == "preview"


def test_a_withdrawn_rendition_is_refused(router: AudioRouter, track: Track) -> None:
    src = offered(track)["src"]
    assert get(router, src).status == 200
    Rendition.objects.filter(pk=track.preview_id).update(withdrawn_at=timezone.now())
    router.revocations.refresh()
    assert get(router, src).headers["x-audio-reason"] == "revoked"


@pytest.mark.parametrize("act", ["unpublish", "remove"])
def test_what_the_artist_takes_away_stops_at_once(act: str, router: AudioRouter, track: Track) -> None:
    make.track(track.casset)
    src, hers = offered(track)["src"], offered(track, track.casset.artist.user)["src"]
    assert get(router, src).status == get(router, hers).status == 200
    if act == "unpublish":
        cassets.unpublish(casset=track.casset)
    else:
        tracks.remove(track=track)
    router.revocations.refresh()
    assert [get(router, url).headers["x-audio-reason"] for url in (src, hers)] == ["revoked"] * 2
    if act == "unpublish":
        assert get(router, offered(track, track.casset.artist.user)["src"]).status == 200


def test_a_revocation_is_remembered_for_as_long_as_a_token_can_live(
    router: AudioRouter, track: Track, finn: User
) -> None:
    grant = access.grant(user=finn, casset=track.casset, source=GrantSource.STAFF)
    longest = settings.STREAM_TOKEN_TTL_S + settings.STREAM_TOKEN_BUCKET_S
    AccessGrant.objects.update(revoked_at=timezone.now() - timedelta(seconds=longest))
    router.revocations.refresh()
    assert router.revocations.hit(grant=grant.pk, rendition=0)


def test_a_page_does_not_give_the_devices_secret_away(track: Track) -> None:
    playable = offered(track)
    payload = playable["ticket"].partition(":")[0]
    assert HERS not in json.dumps(playable)
    assert HERS.encode() not in base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))


def test_the_database_is_asked_once_for_each_rendition(
    router: AudioRouter, track: Track, django_assert_num_queries: object
) -> None:
    src = offered(track)["src"]
    get(router, src)
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert get(router, src).status == 200


def test_a_front_server_is_told_which_file_to_send(router: AudioRouter, track: Track) -> None:
    src = offered(track)["src"]
    allowed = get(router, "/a-check", x_original_uri=src)
    assert (allowed.status, allowed.headers["x-audio-file"]) == (
        204,
        files.rendition_key(track.preview.sha256),
    )
    refused = get(router, "/a-check", x_original_uri=src, listener=OTHER)
    assert (refused.status, refused.headers["x-audio-reason"]) == (403, "foreign")
    assert "x-audio-file" not in refused.headers


def test_public_files_are_served_for_ever_and_nothing_else_is(router: AudioRouter) -> None:
    name = f"covers/{'c' * 32}-640.webp"
    default_storage.save(name, ContentFile(b"picture"))
    answer = get(router, f"/media/{name}")
    assert (answer.status, answer.body, answer.headers["content-type"]) == (200, b"picture", "image/webp")
    assert "immutable" in answer.headers["cache-control"]
    for bad in (
        "/media/covers/none.webp",
        "/media/../secret_key",
        "/media/covers/..%2f..%2fsecret",
        "/media/",
    ):
        assert get(router, bad).status == 404


def test_gating_off_lets_everybody_hear_everything(track: Track, settings: object) -> None:
    settings.PURCHASE_GATING = False
    assert offered(track)["scope"] == "full"


@pytest.mark.parametrize("url", ["src", "/a-check"])
def test_while_the_database_is_away_it_asks_to_come_back(
    url: str, router: AudioRouter, track: Track, monkeypatch: pytest.MonkeyPatch
) -> None:
    src = offered(track)["src"]

    def away(*_: object, **__: object) -> None:
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(Rendition.objects, "filter", away)
    answer = get(router, src if url == "src" else url, x_original_uri=src)
    assert (answer.status, answer.body) == (503, b"")
    assert "retry-after" in answer.headers
