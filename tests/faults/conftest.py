"""Redis of these tests' own, to be stopped, hung and started again; the application and its broker on it."""

import signal
from collections.abc import Iterator

import pytest
from celery import current_app
from django.db import connection
from pytest_django import Settings

from casset_site.lib import redis
from tests.lib.conftest import Valkey, valkey_server

__all__ = ["valkey_server"]


@pytest.fixture
def valkey(valkey_server: Valkey, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Valkey]:
    """Up and empty, the breaker closed; up again afterwards, whatever was done to it."""
    settings.REDIS_URL = valkey_server.url
    monkeypatch.setattr(redis, "breaker", redis.Breaker(cool_down_s=0.05, max_cool_down_s=0.05))
    redis.client().flushall()
    broker = valkey_server.url.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
    short = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5}
    before = (current_app.conf.broker_write_url, current_app.conf.broker_transport_options)
    monkeypatch.setattr(current_app.amqp, "_producer_pool", None)
    current_app.conf.broker_write_url, current_app.conf.broker_transport_options = broker, short
    yield valkey_server
    current_app.conf.broker_write_url, current_app.conf.broker_transport_options = before
    if valkey_server.process is None:
        valkey_server.start()
    valkey_server.signal(signal.SIGCONT)


@pytest.fixture(params=["refused", "hung"])
def away(request: pytest.FixtureRequest, valkey: Valkey) -> str:
    """Redis gone in one of two ways, after it was there."""
    if request.param == "hung":
        valkey.signal(signal.SIGSTOP)
    else:
        valkey.stop()
    return str(request.param)


class Backends:
    """Ends the database connections that were opened since it was made: those of another process."""

    def __init__(self) -> None:
        self.known = set(self._now())

    def end_new_ones(self) -> int:
        new = set(self._now()) - self.known
        with connection.cursor() as cursor:
            for pid in new:
                cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
        return len(new)

    def _now(self) -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
            return [row[0] for row in cursor.fetchall()]


@pytest.fixture
def backends() -> Backends:
    return Backends()
