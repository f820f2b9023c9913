"""Is this process alive, may it get requests, and how is it doing."""

import ipaddress

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from casset_site.lib import redis
from casset_site.tasks import BEAT_SEEN_KEY

BEAT_LATE_S = 180
FORWARDED = frozenset({"HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP"})


def alive(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


def ready(_request: HttpRequest) -> JsonResponse:
    """503 without a usable, migrated database; Redis and the schedule only degrade."""
    database = _database()
    report = {"database": database, "redis": _redis(), "schedule": _schedule()}
    return JsonResponse(report, status=200 if database == "ok" else 503)


def metrics(request: HttpRequest) -> HttpResponse:
    if not _may_scrape(request):
        return HttpResponse(status=404)
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def _database() -> str:
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "away"
    return "not migrated" if pending else "ok"


def _redis() -> str:
    return redis.degrade(
        lambda: "ok" if redis.client().ping() else "degraded", lambda: "degraded", what="readiness"
    )


def _schedule() -> str:
    seen = cache.get(BEAT_SEEN_KEY)
    return "ok" if seen and timezone.now().timestamp() - seen < BEAT_LATE_S else "not seen"


def _may_scrape(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        return constant_time_compare(
            request.headers.get("Authorization", ""), f"Bearer {settings.METRICS_TOKEN}"
        )
    # Through a proxy every client may look like this machine; over a socket file nobody has an address.
    if settings.TRUSTED_PROXIES or not FORWARDED.isdisjoint(request.META):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR") or "").is_loopback
    except ValueError:
        return False
