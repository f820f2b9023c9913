"""Alive, ready, and who may look at the metrics."""

import pytest
from django.core.cache import cache
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from casset_site.tasks import BEAT_SEEN_KEY, beat_seen

pytestmark = pytest.mark.django_db


def test_alive_asks_nobody(visitor: Client, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        answer = visitor.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok")


def test_ready_tells_of_all_parts(visitor: Client) -> None:
    assert visitor.get("/readyz").json() == {"database": "ok", "redis": "ok", "schedule": "not seen"}
    beat_seen()
    assert visitor.get("/readyz").json()["schedule"] == "ok"
    cache.set(BEAT_SEEN_KEY, timezone.now().timestamp() - 600, 600)
    answer = visitor.get("/readyz")
    assert (answer.status_code, answer.json()["schedule"]) == (200, "not seen")


def test_a_database_behind_the_code_is_not_ready(visitor: Client) -> None:
    MigrationRecorder.Migration.objects.filter(app="audio").delete()
    answer = visitor.get("/readyz")
    assert (answer.status_code, answer.json()["database"]) == (503, "not migrated")
    assert visitor.get("/healthz").status_code == 200


def test_without_redis_it_is_ready_and_degraded(visitor: Client, settings: Settings) -> None:
    settings.REDIS_URL = "unix:///tmp/casset-no-such-folder/valkey.sock"
    answer = visitor.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"database": "ok", "redis": "degraded", "schedule": "not seen"}


def test_the_metrics_are_for_this_machine(visitor: Client) -> None:
    answer = visitor.get("/metrics", REMOTE_ADDR="127.0.0.1")
    assert answer.status_code == 200
    assert "casset_requests_total" in answer.text
    assert visitor.get("/metrics", REMOTE_ADDR="::1").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"REMOTE_ADDR": "203.0.113.9"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_FORWARDED": "for=127.0.0.1"},
        {"REMOTE_ADDR": ""},
        {"REMOTE_ADDR": "unix:"},
    ],
)
def test_the_metrics_are_nothing_to_others_or_through_a_proxy(
    headers: dict[str, str], visitor: Client
) -> None:
    answer = visitor.get("/metrics", **headers)
    assert (answer.status_code, answer.content) == (404, b"")


def test_behind_a_proxy_nobody_is_this_machine(visitor: Client, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = 1
    assert visitor.get("/metrics", REMOTE_ADDR="127.0.0.1").status_code == 404


def test_the_metrics_may_ask_for_a_token(visitor: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = "open-sesame"
    for wrong in ({}, {"HTTP_AUTHORIZATION": "Bearer no"}, {"HTTP_AUTHORIZATION": "Bearer \xe9"}):
        assert visitor.get("/metrics", **wrong).status_code == 404
    good = {"HTTP_AUTHORIZATION": "Bearer open-sesame", "REMOTE_ADDR": "203.0.113.9"}
    assert visitor.get("/metrics", **good).status_code == 200


def test_a_method_of_ones_own_makes_no_new_time_series(visitor: Client) -> None:
    for word in ("BREW", "SMEAR"):
        visitor.generic(word, "/healthz")
    text = visitor.get("/metrics").text
    assert "BREW" not in text
    assert 'casset_requests_total{method="other",route="healthz"' in text


def test_addresses_are_counted_by_route_and_not_by_path(visitor: Client) -> None:
    visitor.get("/@somebody/strange-name/")
    text = visitor.get("/metrics").text
    assert "strange-name" not in text
    assert 'route="audio:casset"' in text
