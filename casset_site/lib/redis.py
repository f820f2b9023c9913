"""Redis, the helper that may be away.

The one place that makes Redis clients and the one place that catches Redis errors. Every use goes through
`degrade` and names what to do without Redis where it is used. A circuit breaker per process keeps a hung
server from costing every request its timeout.
"""

import logging
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache
from typing import Any, TypeVar

import redis
import redis.asyncio
from django.conf import settings
from prometheus_client import Counter, Gauge
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.exceptions import DataError, OutOfMemoryError, ReadOnlyError, RedisError
from redis.maint_notifications import MaintNotificationsConfig
from redis.retry import Retry

T = TypeVar("T")

CONNECT_TIMEOUT_S = 0.15
READ_TIMEOUT_S = 0.25
MAX_CONNECTIONS = 64

# Errors that say "no use asking again now". Others (a wrong type, a bad script) come from a live server.
AWAY = (redis.ConnectionError, redis.TimeoutError, OutOfMemoryError, ReadOnlyError)

logger = logging.getLogger(__name__)
calls = Counter(
    "casset_redis_calls_total", "Uses of Redis by outcome: ok, failed, skipped.", ["what", "outcome"]
)
open_gauge = Gauge(
    "casset_redis_breaker_open", "1 while Redis is treated as away.", multiprocess_mode="livemax"
)


class Breaker:
    """Circuit breaker: opens after `failures` in a row, then lets one probe through per cool-down.

    The cool-down doubles with each failed probe from `cool_down_s` to `max_cool_down_s`. Thread-safe.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        failures: int = 3,
        cool_down_s: float = 0.5,
        max_cool_down_s: float = 5.0,
    ) -> None:
        self._clock = clock
        self._limit = failures
        self._first_cool_down_s = cool_down_s
        self._max_cool_down_s = max_cool_down_s
        self._lock = threading.Lock()
        self._failures = 0
        self._cool_down_s = cool_down_s
        self._next_probe = 0.0

    @property
    def is_open(self) -> bool:
        return self._failures >= self._limit

    def allows(self) -> bool:
        """May the caller try now? While open, True at most once per cool-down: that caller is the probe."""
        if not self.is_open:
            return True
        with self._lock:
            now = self._clock()
            if not self.is_open:
                return True
            if now < self._next_probe:
                return False
            # The longer wait is booked before the probe's outcome is known, so that a probe that never
            # reports (a killed thread) cannot leave the breaker shut for ever.
            self._cool_down_s = min(self._cool_down_s * 2, self._max_cool_down_s)
            self._next_probe = now + self._cool_down_s
            return True

    def succeeded(self) -> bool:
        """Record an answer; True if this closed the breaker."""
        if not self._failures:
            return False
        with self._lock:
            closed = self.is_open
            self._failures = 0
            self._cool_down_s = self._first_cool_down_s
            return closed

    def failed(self) -> bool:
        """Record a failure; True if this opened the breaker."""
        with self._lock:
            self._failures += 1
            if self._failures != self._limit:
                return False
            self._next_probe = self._clock() + self._cool_down_s
            return True


breaker = Breaker()


def client() -> redis.Redis:
    """This process's client on `settings.REDIS_URL`; all threads share its pool, a fork makes its own."""
    return _client(settings.REDIS_URL)


@asynccontextmanager
async def subscriber() -> AsyncIterator[redis.asyncio.client.PubSub]:
    """A connection of its own to wait for messages with `get_message(timeout=…)`; that timeout is the read's.

    Raises RedisError when Redis is away or goes: who waits in the background decides when to come back.
    """
    options = _options(AsyncRetry(NoBackoff(), 0))
    async with (
        redis.asyncio.Redis.from_url(settings.REDIS_URL, max_connections=1, **options) as own,
        own.pubsub() as pubsub,
    ):
        yield pubsub


def degrade(call: Callable[[], T], fallback: Callable[[], T], *, what: str) -> T:
    """Answer of `call()`, or of `fallback()` when Redis is away. `what` names the use in logs and metrics.

    A `DataError` (a value that Redis cannot store) is the caller's bug and passes through.
    """
    if not breaker.allows():
        calls.labels(what, "skipped").inc()
        return fallback()
    try:
        answer = call()
    except RedisError as error:
        _record_failure(error, what)
        return fallback()
    _record_success(what)
    return answer


@cache
def _client(url: str) -> redis.Redis:
    pool = redis.BlockingConnectionPool.from_url(
        url, max_connections=MAX_CONNECTIONS, timeout=READ_TIMEOUT_S, **_options(Retry(NoBackoff(), 0))
    )
    return redis.Redis(connection_pool=pool)


def _options(retry: Retry | AsyncRetry) -> dict[str, Any]:
    # The library's own defaults are ten retries and five seconds: a minute for a page with a hung server.
    return {
        "socket_connect_timeout": CONNECT_TIMEOUT_S,
        "socket_timeout": READ_TIMEOUT_S,
        "retry": retry,
        "driver_info": None,
        "maint_notifications_config": MaintNotificationsConfig(enabled=False),
    }


def _record_success(what: str) -> None:
    calls.labels(what, "ok").inc()
    if breaker.succeeded():
        open_gauge.set(0)
        logger.warning("Redis answers again (%s).", what)


def _record_failure(error: RedisError, what: str) -> None:
    if isinstance(error, DataError):
        raise error
    calls.labels(what, "failed").inc()
    if not isinstance(error, AWAY):
        breaker.succeeded()
        logger.error("Redis refused a command (%s): %s", what, error)
    elif breaker.failed():
        open_gauge.set(1)
        logger.warning("Redis is away (%s); using fallbacks until it answers: %s", what, error)
