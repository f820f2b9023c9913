"""Ordered jobs reach the broker: none lost, none before its transaction, each as good as once."""

import base64
import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Artist
from audio.models import Rendition, TrackStatus
from casset_site.celery import app
from casset_site.lib import redis
from casset_site.outbox import services as outbox
from casset_site.outbox.models import Job
from tests import make
from tests.audio import sounds
from tests.audio.test_ingest import uploaded
from tests.faults.conftest import Backends
from tests.lib.conftest import Valkey
from tests.site.server import environment

pytestmark = pytest.mark.django_db(transaction=True)


def queued(queue: str = "default") -> list[tuple[str, dict[str, Any]]]:
    """Tasks and their arguments as they lie at the broker, oldest first."""
    messages = [json.loads(raw) for raw in reversed(redis.client().lrange(queue, 0, -1))]  # type: ignore[arg-type]
    bodies = [json.loads(base64.b64decode(message["body"])) for message in messages]
    return [(message["headers"]["task"], body[1]) for message, body in zip(messages, bodies, strict=True)]


def numbers() -> list[int]:
    return [kwargs["number"] for _, kwargs in queued()]


def ordered(*wanted: int) -> None:
    for number in wanted:
        outbox.order("test.job", number=number)


def eventually(happens: Any, patience_s: float = 40) -> None:
    deadline = time.monotonic() + patience_s
    while not happens():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


RELAY = """
import os, sys
import django; django.setup()
from django.core.management import call_command
from casset_site.outbox.management.commands import relay_outbox
from casset_site.outbox import services
relay_outbox.POLL_S = float(sys.argv[1])
if sys.argv[2:] == ["die"]:
    send = services.current_app.send_task
    def send_and_die(*args, **options):
        send(*args, **options)
        os.kill(os.getpid(), 9)
    services.current_app.send_task = send_and_die
call_command("relay_outbox")
"""


@contextmanager
def relaying(valkey: Valkey, poll_s: float, *words: str) -> Iterator["subprocess.Popen[bytes]"]:
    """The real command in a process of its own, on the test's database."""
    process = subprocess.Popen(
        [sys.executable, "-c", RELAY, str(poll_s), *words],
        env=environment(REDIS_URL=valkey.url),
        stderr=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_a_job_is_ordered_with_the_callers_writes_or_not_at_all(ana: Artist) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        make.casset(ana)
        ordered(1)
        raise RuntimeError
    assert not Job.objects.exists()
    with transaction.atomic():
        ordered(2)
    assert Job.objects.get().kwargs == {"number": 2}


def test_jobs_are_handed_over_in_order_and_their_rows_go(valkey: Valkey) -> None:
    ordered(1, 2, 3)
    assert outbox.relay() == 3
    assert numbers() == [1, 2, 3]
    assert not Job.objects.exists()
    assert outbox.relay() == 0


def test_a_job_that_is_not_due_waits(valkey: Valkey) -> None:
    ordered(1)
    Job.objects.update(due_at=timezone.now() + timedelta(hours=1))
    assert outbox.relay() == 0
    assert (numbers(), Job.objects.count()) == ([], 1)


def test_each_kind_of_job_goes_to_its_own_queue(valkey: Valkey) -> None:
    outbox.order("audio.ingest.process", track_id=1)
    outbox.order("audio.files.collect")
    outbox.relay()
    assert queued("media") == [("audio.ingest.process", {"track_id": 1})]
    assert queued("default") == [("audio.files.collect", {})]


def test_a_job_is_not_seen_before_its_transaction_ends(valkey: Valkey) -> None:
    written, may_end = threading.Event(), threading.Event()

    def caller() -> None:
        try:
            with transaction.atomic():
                ordered(1)
                written.set()
                may_end.wait(20)
        finally:
            connection.close()

    thread = threading.Thread(target=caller)
    thread.start()
    written.wait(20)
    assert outbox.relay() == 0
    assert numbers() == []
    may_end.set()
    thread.join()
    assert outbox.relay() == 1
    assert numbers() == [1]


def test_of_several_relays_each_job_is_sent_by_one(valkey: Valkey) -> None:
    Job.objects.bulk_create(Job(task="test.job", kwargs={"number": number}) for number in range(60))
    start, sent = threading.Barrier(3), []

    def relay() -> None:
        start.wait(20)
        try:
            while count := outbox.relay(limit=7):
                sent.append(count)
        finally:
            connection.close()

    threads = [threading.Thread(target=relay) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while outbox.relay():  # what another held when the last one looked
        pass
    assert sorted(numbers()) == list(range(60))
    assert not Job.objects.exists()


def test_while_the_broker_is_away_jobs_wait_and_nothing_raises(away: str, valkey: Valkey) -> None:
    ordered(1, 2)
    assert outbox.relay() == 0
    first, second = Job.objects.order_by("id")
    assert (first.attempts, second.attempts) == (1, 0)
    assert first.due_at > second.due_at
    if away == "hung":
        valkey.signal(signal.SIGCONT)
    else:
        valkey.start()
    Job.objects.update(due_at=timezone.now())
    assert outbox.relay() == 2
    assert {1, 2} <= set(numbers())
    assert not Job.objects.exists()


def test_the_wait_grows_to_a_minute_and_not_further(valkey: Valkey) -> None:
    valkey.stop()
    ordered(1)
    Job.objects.update(attempts=50)
    before = timezone.now()
    assert outbox.relay() == 0
    waited = (Job.objects.get().due_at - before).total_seconds()
    assert 55 <= waited <= 65


def test_the_command_is_woken_by_the_commit(valkey: Valkey) -> None:
    """It looks by itself only every hour here, so what arrives was told by PostgreSQL."""
    ordered(1)
    with relaying(valkey, 3600):
        eventually(lambda: numbers() == [1])  # found at the start: now it listens
        with transaction.atomic():
            ordered(2, 3)
        eventually(lambda: numbers() == [1, 2, 3])
        eventually(lambda: not Job.objects.exists())


def test_the_command_outlives_the_database_and_the_broker(valkey: Valkey, backends: Backends) -> None:
    ordered(1)
    with relaying(valkey, 0.3) as process:
        eventually(lambda: numbers() == [1])
        assert backends.end_new_ones() >= 2  # the listener and the worker
        ordered(2)
        eventually(lambda: numbers() == [1, 2])
        valkey.stop()
        ordered(3, 4)
        eventually(lambda: Job.objects.filter(attempts__gt=0).exists())
        assert set(Job.objects.values_list("kwargs__number", flat=True)) == {3, 4}
        valkey.start()
        eventually(lambda: not Job.objects.exists())
        assert sorted(set(numbers())) == [3, 4]
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def test_a_relay_killed_between_sending_and_committing_sends_twice_and_that_is_harmless(
    valkey: Valkey, ana: Artist
) -> None:
    track = uploaded(make.casset(ana), sounds.file("wav"))
    with relaying(valkey, 3600, "die") as process:
        assert process.wait(60) == -signal.SIGKILL
    assert Job.objects.count() == 1
    eventually(lambda: outbox.relay() == 1)  # the dead one's locks go with its connection
    messages = queued("media")
    assert messages == [("audio.ingest.process", {"track_id": track.pk})] * 2
    for task, kwargs in messages:
        app.tasks[task].apply(kwargs=kwargs, throw=True)
    track.refresh_from_db()
    assert (track.status, track.attempt) == (TrackStatus.READY, 1)
    assert Rendition.objects.count() == 2
