import signal
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import caches
from django.core.cache.backends.base import BaseCache

from casset_site.lib import redis
from casset_site.lib.cache import DegradingCache
from tests.lib.conftest import Clock, Valkey


@pytest.fixture
def cache() -> DegradingCache:
    return DegradingCache("", {"KEY_PREFIX": "casset"})


@pytest.fixture
def attempts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the uses that really went to Redis."""
    made: list[str] = []
    real = redis.degrade

    def counting(call: Callable[[], Any], fallback: Callable[[], Any], *, what: str) -> Any:
        def counted() -> Any:
            made.append(what)
            return call()

        return real(counted, fallback, what=what)

    monkeypatch.setattr(redis, "degrade", counting)
    return made


def page(cache: BaseCache) -> list[Any]:
    """What a page does: six reads."""
    return [cache.get(f"part-{number}", "miss") for number in range(6)]


def test_cache_keeps_values_when_redis_is_up(valkey: Valkey, cache: DegradingCache) -> None:
    cache.set("key", {"a": [1, 2]})
    assert cache.get("key") == {"a": [1, 2]}
    assert cache.add("key", "other") is False
    assert cache.get_many(["key", "none"]) == {"key": {"a": [1, 2]}}
    assert cache.set_many({"one": 1, "two": 2}) == []
    assert cache.incr("one") == 2
    assert cache.touch("one", 10) is True
    assert cache.has_key("two") is True
    assert cache.delete("two") is True
    cache.delete_many(["one"])
    assert cache.get_or_set("one", lambda: "made") == "made"
    assert cache.get("one") == "made"


def test_counting_up_a_missing_key_is_an_error_as_in_any_cache(valkey: Valkey, cache: DegradingCache) -> None:
    with pytest.raises(ValueError):
        cache.incr("none")


def test_clear_drops_only_this_caches_keys(valkey: Valkey, cache: DegradingCache) -> None:
    redis.client().set("limit:1", "kept")
    other = DegradingCache("", {"KEY_PREFIX": "other"})
    other.set("key", "kept")
    cache.set("key", "gone")
    cache.clear()
    assert (cache.get("key"), other.get("key"), redis.client().get("limit:1")) == (None, "kept", b"kept")


def test_without_redis_nothing_raises_and_reads_miss(no_redis: None, cache: DegradingCache) -> None:
    for _ in range(2):  # while the breaker closes in, and when it is open
        cache.set("key", "value")
        assert cache.get("key") is None
        assert cache.get("key", "default") == "default"
        assert cache.get_many(["key"]) == {}
        assert cache.add("key", "value") is True
        assert cache.set_many({"key": "value"}) == []
        assert cache.touch("key") is False
        assert cache.has_key("key") is False
        assert cache.delete("key") is False
        cache.delete_many(["key"])
        assert cache.incr("count", 3) == 3
        assert cache.decr("count") == -1
        assert cache.get_or_set("key", lambda: "made") == "made"
        cache.clear()


def test_a_page_makes_three_attempts_with_redis_refused(
    no_redis: None, cache: DegradingCache, attempts: list[str]
) -> None:
    assert page(cache) == ["miss"] * 6
    assert len(attempts) == 3
    page(cache)
    assert len(attempts) == 3


def test_a_page_makes_three_attempts_with_redis_hung(
    valkey: Valkey, cache: DegradingCache, attempts: list[str], clock: Clock
) -> None:
    cache.set("part-0", "value")
    attempts.clear()
    valkey.signal(signal.SIGSTOP)
    assert page(cache) == ["miss"] * 6
    assert len(attempts) == 3
    clock.now += 0.6
    page(cache)
    assert len(attempts) == 4  # the probe
    valkey.signal(signal.SIGCONT)
    clock.now += 1.1
    assert page(cache) == ["value"] + ["miss"] * 5
    assert len(attempts) == 10


def test_the_project_uses_this_cache() -> None:
    assert isinstance(caches["default"], DegradingCache)
