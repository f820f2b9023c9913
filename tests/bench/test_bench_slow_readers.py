"""500 listeners on slow lines: the memory that each costs, and the pages that open meanwhile. Prints, never gates."""

import urllib.request
from statistics import median

import pytest

from tests.bench.streaming_load import Target, measure
from tests.bench.streaming_readers import RATE, Crowd, Visitor, slow_readers
from tests.bench.streaming_servers import NO_NGINX
from tests.bench.streaming_table import table
from tests.bench.streaming_world import World, world

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600), pytest.mark.django_db(transaction=True)]

READERS = 500
SECONDS = 12
PAGES = ("/healthz", "/")
HEADS = ("", "KB each", "target", "delivered", "failed", *(f"{page} p50/p95 ms" for page in PAGES))
TARGETS = {"Casset alone": "<= 150", "behind nginx": "<= 16", "nginx static": ""}


def test_slow_readers() -> None:
    with world(listeners=READERS) as streams:
        _compare(streams)


def _compare(streams: World) -> None:
    targets = {"nginx static": streams.static, "Casset alone": streams.router, "behind nginx": streams.front}
    rows = []
    for name, target in targets.items():
        if target is not None:
            pages = PAGES if name != "nginx static" else ()
            rows.append(_row(name, *_observe(target, pages)))
    table(f"{READERS} readers at {RATE // 1024} KiB/s for {SECONDS} s, pages opened meanwhile", HEADS, rows)
    if streams.static is None:
        print(NO_NGINX + ": no anchor, no front")


def _observe(target: Target, pages: tuple[str, ...]) -> tuple[Crowd, Visitor, Visitor]:
    """First some of everything, so that what is loaded once is not counted; then pages alone, then with the crowd."""
    measure(target, length=65536, connections=64, seconds=2)
    for page in pages * 30:
        urllib.request.urlopen(target.server.url + page, timeout=30).close()
    calm, busy = (Visitor(target.server.port, pages) for _ in range(2))
    with calm:
        calm.wait_for(20)
    with busy:
        return slow_readers(target, count=READERS, seconds=SECONDS), busy, calm


def _row(name: str, crowd: Crowd, busy: Visitor, calm: Visitor) -> list[str]:
    assert crowd.failures == busy.failures == 0
    wanted = READERS * RATE * SECONDS
    row = [name, f"{crowd.kb_each:.1f}", TARGETS[name], f"{crowd.received / wanted:.0%}", str(crowd.failures)]
    for page in PAGES:
        slow, quick = busy.latencies.get(page), calm.latencies.get(page)
        if slow and quick:
            row.append(f"{_quantiles(slow)} (alone {_quantiles(quick)})")
        else:
            row.append("")
    return row


def _quantiles(latencies: list[float]) -> str:
    ordered = sorted(latencies)
    return f"{median(ordered):.1f}/{ordered[int(len(ordered) * 0.95)]:.1f}"
