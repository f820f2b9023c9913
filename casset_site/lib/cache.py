"""Django's Redis cache behind the breaker: without Redis every read is a miss and every write is dropped."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

import redis
from django.core.cache.backends.redis import RedisCache, RedisCacheClient

from casset_site.lib import redis as shared

Key = str | bytes | memoryview
Expiry = int | timedelta | None


class DegradingClient(RedisCacheClient):
    """The operations of one cache, each with its answer for when Redis is away."""

    def get_client(self, key: Key | None = None, *, write: bool = False) -> redis.Redis:
        return shared.client()

    def get(self, key: Key, default: Any) -> Any:
        return shared.degrade(partial(super().get, key, default), lambda: default, what="cache")

    def get_many(self, keys: Iterable[Key]) -> dict[Key, Any]:
        return shared.degrade(partial(super().get_many, list(keys)), dict, what="cache")

    def has_key(self, key: Key) -> bool:
        return shared.degrade(partial(super().has_key, key), lambda: False, what="cache")

    def add(self, key: Key, value: Any, timeout: Expiry) -> bool:
        # True, "nobody was there before me": who guards work with `add` goes on rather than never works.
        return shared.degrade(partial(super().add, key, value, timeout), lambda: True, what="cache")

    def set(self, key: Key, value: Any, timeout: Expiry) -> None:
        shared.degrade(partial(super().set, key, value, timeout), lambda: None, what="cache")

    def set_many(self, data: Mapping[Key, Any], timeout: Any) -> None:
        shared.degrade(partial(super().set_many, data, timeout), lambda: None, what="cache")

    def touch(self, key: Key, timeout: Any) -> bool:
        return shared.degrade(partial(super().touch, key, timeout), lambda: False, what="cache")

    def delete(self, key: Key) -> bool:
        return shared.degrade(partial(super().delete, key), lambda: False, what="cache")

    def delete_many(self, keys: Iterable[Key]) -> None:
        shared.degrade(partial(super().delete_many, list(keys)), lambda: None, what="cache")

    def incr(self, key: Key, delta: int) -> Any:
        # As a counter that starts now; a missing key with Redis up is still a ValueError.
        return shared.degrade(partial(super().incr, key, delta), lambda: delta, what="cache")

    def clear_prefix(self, pattern: str) -> bool:
        return shared.degrade(partial(self._unlink, pattern), lambda: False, what="cache")

    def _unlink(self, pattern: str) -> bool:
        found = False
        for key in self.get_client().scan_iter(match=pattern, count=1000):
            found = bool(self.get_client().unlink(key)) or found
        return found


class DegradingCache(RedisCache):
    """Cache on `settings.REDIS_URL` (LOCATION is ignored); no operation raises when Redis is away."""

    def __init__(self, server: str | list[str], params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = DegradingClient

    @property
    def client(self) -> DegradingClient:
        client = self._cache
        assert isinstance(client, DegradingClient)
        return client

    def clear(self) -> None:
        """Drop this cache's keys only: limits, presence and queues live in the same server."""
        self.client.clear_prefix(f"{self.key_prefix}:*")
