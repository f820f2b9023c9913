"""Ranges of audio with their tokens checked, beside nginx sending the same files unasked. Prints, never gates."""

from statistics import median

import pytest

from tests.bench.streaming_load import NO_WRK, WRK, Sample, Target, measure
from tests.bench.streaming_servers import NO_NGINX
from tests.bench.streaming_table import table
from tests.bench.streaming_world import World, world

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600), pytest.mark.django_db(transaction=True)]

ANCHOR = "nginx static"
ROUNDS = 10
SECONDS = 1
CONNECTIONS = 32
HEADS = (
    "",
    "requests/s",
    "MB/s",
    "p50 ms",
    "p99 ms",
    "CPU us/request",
    "times nginx",
    "throughput",
    "target",
)
TARGETS = {
    (64, "Casset alone"): "CPU <= 4x",
    (64, "behind nginx"): "throughput >= 0.8",
    (1024, "behind nginx"): "throughput >= 0.95",
}


def test_ranges() -> None:
    with world(listeners=CONNECTIONS) as streams:
        for kib in (64, 1024):
            _compare(streams, kib)
        if streams.static is None:
            print(NO_NGINX + ": no anchor, no front")
        if WRK is None:
            print(NO_WRK)


def _compare(streams: World, kib: int) -> None:
    """Rounds of anchor and subjects in turn, so that what else the machine does falls on all of them."""
    targets = {
        ANCHOR: streams.static,
        "Casset alone": streams.router,
        "behind nginx": streams.front,
        "nginx static again": streams.static,  # what the noise alone does
    }
    present = {name: target for name, target in targets.items() if target is not None}
    rounds = [_round(present, kib * 1024, number) for number in range(ROUNDS)]
    rows = [_row(name, kib, rounds) for name in present]
    title = f"Ranges of {kib} KiB, token checked, {CONNECTIONS} connections: medians of {ROUNDS} rounds"
    table(title, HEADS, rows)


def _round(targets: dict[str, Target], length: int, number: int) -> dict[str, Sample]:
    """Each round begins with another one."""
    names = list(targets)
    first = number % len(names)
    return {
        name: measure(targets[name], length=length, connections=CONNECTIONS, seconds=SECONDS)
        for name in names[first:] + names[:first]
    }


def _row(name: str, kib: int, rounds: list[dict[str, Sample]]) -> list[str]:
    own = [samples[name] for samples in rounds]
    rate = median(sample.rate for sample in own)
    row = [name, f"{rate:,.0f}", f"{rate * kib * 1024 / 1e6:,.0f}"]
    row += [
        f"{median(sample.p50_ms for sample in own):.1f}",
        f"{median(sample.p99_ms for sample in own):.1f}",
    ]
    row += [f"{median(sample.cpu_us for sample in own):.0f}"]
    anchors = [samples.get(ANCHOR) for samples in rounds]
    pairs = [(sample, anchor) for sample, anchor in zip(own, anchors, strict=True) if anchor is not None]
    if not pairs or name == ANCHOR:
        return [*row, "", "", ""]
    cpu = [sample.cpu_us / anchor.cpu_us for sample, anchor in pairs]
    speed = [sample.rate / anchor.rate for sample, anchor in pairs]
    return [*row, _spread(cpu), _spread(speed), TARGETS.get((kib, name), "")]


def _spread(ratios: list[float]) -> str:
    return f"{median(ratios):.2f} [{min(ratios):.2f}-{max(ratios):.2f}]"
