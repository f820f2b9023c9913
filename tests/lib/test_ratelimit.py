import json
import multiprocessing
import signal
import time
from collections.abc import Callable
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import redis as redis_py
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from casset_site.lib import ratelimit
from casset_site.lib.gcra import Limit, gcra
from casset_site.lib.ratelimit import Memory, address, by_address, by_user_or_address, check, limited
from tests.lib.conftest import Clock, Valkey

TWENTY = Limit(20, 60)


@pytest.fixture(autouse=True)
def memory(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Memory:
    fresh = Memory(clock=clock)
    monkeypatch.setattr(ratelimit, "memory", fresh)
    return fresh


@pytest.fixture
def one_process(settings: Settings) -> None:
    settings.WEB_PROCESSES = 1


def view(request: HttpRequest, word: str = "") -> HttpResponse:
    return HttpResponse(f"done {word}")


def call(decorated: Callable[..., Any], **options: Any) -> HttpResponse:
    method = options.pop("method", "get")
    response = decorated(getattr(RequestFactory(), method)("/", **options))
    assert isinstance(response, HttpResponse)
    return response


def test_twenty_of_twenty_one_are_allowed(valkey: Valkey) -> None:
    verdicts = [check("key", TWENTY) for _ in range(21)]
    assert [verdict.allowed for verdict in verdicts] == [True] * 20 + [False]
    assert [verdict.remaining for verdict in verdicts] == [*range(19, -1, -1), 0]
    assert 2000 < verdicts[-1].retry_after_ms <= 3000
    assert verdicts[-1].reset_ms <= 60_000


def test_keys_do_not_share(valkey: Valkey) -> None:
    once = Limit(1, 60)
    assert check("one", once).allowed
    assert check("two", once).allowed
    assert not check("one", once).allowed


def test_a_key_is_forgotten_when_its_bucket_is_full_again(valkey: Valkey) -> None:
    check("key", TWENTY)
    server = redis_py.Redis.from_url(valkey.url)
    assert 3000 < server.pttl("limit:key") <= 4000


def test_waiting_as_told_is_enough(valkey: Valkey) -> None:
    quick = Limit(1, 1, burst=1)
    assert check("key", quick).allowed
    refused = check("key", quick)
    time.sleep(refused.retry_after_ms / 1000)
    assert check("key", quick).allowed


def test_the_script_decides_as_the_function_does(valkey: Valkey) -> None:
    server = redis_py.Redis.from_url(valkey.url)
    limit = Limit(7, 11, burst=5)
    for number in range(12):
        before = int(server.get("limit:key") or 0)
        verdict = check("key", limit)
        after = int(server.get("limit:key") or 0)
        # The server's clock at the call, as far as its answer tells it.
        now = after - verdict.reset_ms * 1000 if verdict.allowed else before - verdict.reset_ms * 1000
        expected, tat = gcra(now + 999, before, limit)
        assert (verdict.allowed, verdict.remaining) == (expected.allowed, expected.remaining), number
        assert abs(verdict.retry_after_ms - expected.retry_after_ms) <= 1
        assert abs(after - tat) <= 1000


def test_an_unloaded_script_is_loaded_again(valkey: Valkey) -> None:
    assert check("key", TWENTY).remaining == 19
    redis_py.Redis.from_url(valkey.url).script_flush()
    assert check("key", TWENTY).remaining == 18


def knock(url: str, barrier: Barrier, answers: "Queue[int]") -> None:
    with override_settings(REDIS_URL=url):
        barrier.wait()
        answers.put(sum(check("door", TWENTY).allowed for _ in range(20)))


def test_eight_processes_get_twenty_together(valkey: Valkey) -> None:
    context = multiprocessing.get_context("fork")
    barrier, answers = context.Barrier(8), context.Queue()
    processes = [context.Process(target=knock, args=(valkey.url, barrier, answers)) for _ in range(8)]
    for process in processes:
        process.start()
    allowed = [answers.get(timeout=30) for _ in processes]
    for process in processes:
        process.join()
    assert sum(allowed) == 20


@pytest.mark.parametrize("state", ["refused", "hung"])
def test_without_redis_each_process_allows_its_share(state: str, valkey: Valkey, settings: Settings) -> None:
    settings.WEB_PROCESSES = 4
    if state == "refused":
        settings.REDIS_URL = "unix:///tmp/casset-no-such-folder/valkey.sock"
    else:
        valkey.signal(signal.SIGSTOP)
    assert sum(check("key", TWENTY).allowed for _ in range(30)) == 5


def test_memory_forgets_the_oldest_keys_first(clock: Clock) -> None:
    memory, once = Memory(size=3, clock=clock), Limit(1, 60)
    for key in ("a", "b", "c", "a", "d"):  # `a` was used again: `b` is the oldest when `d` comes
        memory.check(key, once)
    assert [memory.check(key, once).allowed for key in ("a", "d", "c")] == [False, False, False]
    assert memory.check("b", once).allowed


@given(st.lists(st.text(max_size=3), max_size=200))
def test_memory_is_bounded(keys: list[str]) -> None:
    memory = Memory(size=10)
    for key in keys:
        memory.check(key, TWENTY)
    assert len(memory._tats) <= 10


def test_a_refused_call_does_not_reach_the_view(no_redis: None, one_process: None) -> None:
    reached = []

    @limited("door", Limit(2, 60))
    def counted(request: HttpRequest) -> HttpResponse:
        reached.append(1)
        return HttpResponse("done")

    assert [call(counted).status_code for _ in range(4)] == [200, 200, 429, 429]
    assert len(reached) == 2


def test_answers_tell_what_is_left(no_redis: None, one_process: None) -> None:
    decorated = limited("door", Limit(2, 60))(view)
    first, second, third = (call(decorated) for _ in range(3))
    assert [answer.headers["RateLimit-Remaining"] for answer in (first, second, third)] == ["1", "0", "0"]
    assert first.headers["RateLimit-Limit"] == "2"
    assert first.headers["RateLimit-Policy"] == "2;w=60"
    assert first.headers["RateLimit-Reset"] == "30"
    assert "Retry-After" not in first.headers
    assert third.headers["Retry-After"] == "30"


def test_of_two_limits_the_tighter_one_is_told(no_redis: None, one_process: None) -> None:
    for outer, inner in ((2, 9), (9, 2)):
        decorated = limited(f"outer{outer}", Limit(outer, 60))(limited(f"in{inner}", Limit(inner, 60))(view))
        assert call(decorated).headers["RateLimit-Limit"] == "2"


def test_the_sentence_is_plain(no_redis: None, one_process: None) -> None:
    decorated = limited("door", Limit(1, 90))(view)
    call(decorated)
    refused = call(decorated)
    assert "That was a lot at once. Please wait 2 minutes and try again." in refused.text
    assert refused.headers["Cache-Control"] == "no-store"


def test_who_asks_for_json_gets_json(no_redis: None, one_process: None) -> None:
    decorated = limited("door", Limit(1, 60))(view)
    call(decorated)
    refused = call(decorated, headers={"accept": "application/json"})
    assert refused.headers["Content-Type"] == "application/json"
    assert json.loads(refused.content)["retry_after_s"] == 60
    assert "Please wait" in json.loads(refused.content)["error"]


def test_a_page_uses_the_template_and_a_fragment_does_not(
    no_redis: None, one_process: None, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "429.html").write_text("<h1>Slow down</h1>{{ message }}")
    backend = "django.template.backends.django.DjangoTemplates"
    settings.TEMPLATES = [{"BACKEND": backend, "DIRS": [str(tmp_path)]}]
    decorated = limited("door", Limit(1, 60))(view)
    call(decorated)
    assert "<h1>" in call(decorated).text
    assert "<h1>" in call(decorated, headers={"HX-Request": "true", "HX-Boosted": "true"}).text
    assert "<h1>" not in call(decorated, headers={"HX-Request": "true"}).text


def test_only_the_named_methods_count(no_redis: None, one_process: None) -> None:
    decorated = limited("door", Limit(1, 60), methods={"POST"})(view)
    assert [call(decorated).status_code for _ in range(3)] == [200] * 3
    assert [call(decorated, method="post").status_code for _ in range(2)] == [200, 429]


def test_async_views_are_refused_when_decorated() -> None:
    async def waiting(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    with pytest.raises(TypeError, match="event loop"):
        limited("door", TWENTY)(waiting)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "expected"),
    [
        (0, "203.0.113.9", "198.51.100.1", "203.0.113.9"),
        (0, "203.0.113.9", "", "203.0.113.9"),
        (1, "10.0.0.1", "198.51.100.1", "198.51.100.1"),
        (1, "10.0.0.1", "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        (2, "10.0.0.1", "6.6.6.6, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        (2, "10.0.0.1", "6.6.6.6", "10.0.0.1"),
        (1, "10.0.0.1", "", "10.0.0.1"),
        (1, "10.0.0.1", "nonsense", "10.0.0.1"),
        (1, "10.0.0.1", "::ffff:198.51.100.1", "198.51.100.1"),
        (1, "", "198.51.100.1", "198.51.100.1"),
        (0, "", "198.51.100.1", ""),
        (0, "2001:db8::1", "", "2001:db8::1"),
    ],
)
def test_the_address_is_what_a_trusted_proxy_saw(
    proxies: int, peer: str, forwarded: str, expected: str, settings: Settings
) -> None:
    settings.TRUSTED_PROXIES = proxies
    assert address(peer, forwarded) == expected


@given(st.text(alphabet="0123456789., :abcdef", max_size=60))
def test_without_a_proxy_the_header_changes_nothing(header: str) -> None:
    with override_settings(TRUSTED_PROXIES=0):
        assert address("203.0.113.9", header) == "203.0.113.9"


def test_users_are_counted_by_account_and_strangers_by_network() -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="2001:db8:1:2:3:4:5:6")
    assert by_address(request) == "2001:db8:1:2::/64"
    assert by_user_or_address(request) == "2001:db8:1:2::/64"
    request.user = SimpleNamespace(is_authenticated=True, pk=7)  # type: ignore[assignment]
    assert by_user_or_address(request) == "user-7"
    assert by_address(RequestFactory().get("/", REMOTE_ADDR="203.0.113.9")) == "203.0.113.9"
