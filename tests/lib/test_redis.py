import asyncio
import logging
import signal
import threading
from collections.abc import Callable
from typing import Any

import pytest
import redis as redis_py
from redis.exceptions import DataError

from casset_site.lib import redis
from casset_site.lib.redis import Breaker
from tests.lib.conftest import Clock, Valkey


def fail_until_open(breaker: Breaker) -> None:
    for _ in range(3):
        breaker.failed()


class Attempts:
    """A call to Redis that counts how often it is really made."""

    def __init__(self, error: Exception | None = None) -> None:
        self.made = 0
        self.error = error

    def __call__(self) -> str:
        self.made += 1
        if self.error is not None:
            raise self.error
        return "redis"


def use(call: Callable[[], str]) -> str:
    return redis.degrade(call, lambda: "fallback", what="test")


def test_breaker_opens_after_three_failures_in_a_row(breaker: Breaker) -> None:
    breaker.failed()
    breaker.failed()
    breaker.succeeded()
    breaker.failed()
    breaker.failed()
    assert breaker.allows()
    assert breaker.failed()
    assert not breaker.allows()


def test_cool_down_doubles_from_half_a_second_to_five(breaker: Breaker, clock: Clock) -> None:
    fail_until_open(breaker)
    waits = []
    for _ in range(6):
        start = clock.now
        while not breaker.allows():
            clock.now += 0.1
        waits.append(round(clock.now - start, 1))
        breaker.failed()
    assert waits == pytest.approx([0.5, 1.0, 2.0, 4.0, 5.0, 5.0], abs=0.11)


def test_an_answer_closes_the_breaker_and_resets_the_cool_down(breaker: Breaker, clock: Clock) -> None:
    fail_until_open(breaker)
    clock.now += 0.6
    assert breaker.allows()
    assert breaker.succeeded()
    assert breaker.allows()
    fail_until_open(breaker)
    clock.now += 0.6
    assert breaker.allows()


def test_one_thread_of_many_is_the_probe(breaker: Breaker, clock: Clock) -> None:
    fail_until_open(breaker)
    clock.now += 0.6
    barrier = threading.Barrier(16)
    allowed: list[bool] = []

    def ask() -> None:
        barrier.wait()
        allowed.append(breaker.allows())

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert allowed.count(True) == 1


@pytest.mark.parametrize("error", [redis_py.ConnectionError("refused"), redis_py.TimeoutError("hung")])
def test_no_attempts_are_made_while_open(error: Exception) -> None:
    call = Attempts(error)
    assert {use(call) for _ in range(20)} == {"fallback"}
    assert call.made == 3


def test_state_changes_are_logged_once_each(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="casset_site.lib.redis")
    for _ in range(10):
        use(Attempts(redis_py.ConnectionError("refused")))
    clock.now += 0.6
    for _ in range(10):
        use(Attempts())
    assert [record.message.split(" (")[0] for record in caplog.records] == [
        "Redis is away",
        "Redis answers again",
    ]


def test_uses_are_counted_by_outcome() -> None:
    def counted(outcome: str) -> float:
        return float(redis.calls.labels("counted", outcome)._value.get())

    for error in (None, *[redis_py.ConnectionError("refused")] * 5):
        redis.degrade(Attempts(error), lambda: "fallback", what="counted")
    assert (counted("ok"), counted("failed"), counted("skipped")) == (1, 3, 2)


def test_a_refused_command_degrades_without_opening_the_breaker(valkey: Valkey, breaker: Breaker) -> None:
    redis.client().set("word", "text")
    for _ in range(5):
        assert redis.degrade(lambda: redis.client().incr("word"), lambda: -1, what="test") == -1
    assert not breaker.is_open


def test_a_value_redis_cannot_store_is_an_error_of_the_caller(valkey: Valkey) -> None:
    with pytest.raises(DataError):
        redis.degrade(lambda: redis.client().set("key", object()), lambda: None, what="test")  # type: ignore[arg-type]


def test_other_errors_pass_through() -> None:
    with pytest.raises(KeyError):
        use(Attempts(KeyError("mine")))


def test_clients_have_short_timeouts_and_never_retry(valkey: Valkey) -> None:
    options = redis.client().connection_pool.connection_kwargs
    assert (options["socket_connect_timeout"], options["socket_timeout"]) == (0.15, 0.25)
    assert options["retry"].get_retries() == 0
    assert redis.client() is redis.client()


def test_a_hung_server_costs_three_attempts_then_nothing(valkey: Valkey, clock: Clock) -> None:
    redis.client().set("key", "value")
    made = []

    def read() -> Any:
        made.append(1)
        return redis.client().get("key")

    valkey.signal(signal.SIGSTOP)
    assert {redis.degrade(read, lambda: None, what="test") for _ in range(12)} == {None}
    assert len(made) == 3
    valkey.signal(signal.SIGCONT)
    clock.now += 0.6
    assert redis.degrade(read, lambda: None, what="test") == b"value"


def test_a_restarted_server_is_used_again(valkey: Valkey, clock: Clock) -> None:
    def ping() -> bool:
        return bool(redis.degrade(redis.client().ping, lambda: False, what="test"))

    assert ping()
    valkey.stop()
    assert [ping() for _ in range(5)] == [False] * 5
    valkey.start()
    clock.now += 0.6
    assert ping()


def test_many_threads_share_a_bounded_pool(valkey: Valkey) -> None:
    def work() -> None:
        for _ in range(5):
            redis.client().incr("count")

    threads = [threading.Thread(target=work) for _ in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    watcher = redis_py.Redis.from_url(valkey.url)
    assert watcher.get("count") == b"500"
    assert int(watcher.info("clients")["connected_clients"]) <= redis.MAX_CONNECTIONS + 2


def test_a_subscriber_waits_longer_than_a_read_may_take(valkey: Valkey) -> None:
    async def wait_for_news() -> Any:
        async with redis.subscriber() as pubsub:
            await pubsub.subscribe("news")
            assert await pubsub.get_message(timeout=1) is not None
            waiting = asyncio.create_task(pubsub.get_message(ignore_subscribe_messages=True, timeout=10))
            await asyncio.sleep(redis.READ_TIMEOUT_S * 2)
            await asyncio.to_thread(redis.client().publish, "news", "hello")
            return await waiting

    assert asyncio.run(wait_for_news())["data"] == b"hello"


def test_a_subscriber_hears_of_a_server_that_goes(valkey: Valkey) -> None:
    async def wait_for_news() -> Any:
        async with redis.subscriber() as pubsub:
            await pubsub.subscribe("news")
            valkey.stop()
            while True:
                await pubsub.get_message(timeout=10)

    with pytest.raises(redis_py.ConnectionError):
        asyncio.run(wait_for_news())


def test_a_subscriber_does_not_wait_for_a_hung_server(valkey: Valkey) -> None:
    async def subscribe() -> None:
        async with redis.subscriber() as pubsub:
            await pubsub.subscribe("news")

    valkey.signal(signal.SIGSTOP)
    with pytest.raises(redis_py.RedisError):
        asyncio.run(subscribe())
