"""What stream tokens may no longer open, known to every process within a moment.

The database is the truth: grants that were revoked and renditions that were withdrawn lately (a token outlives neither
its time to live nor this list). Redis only says "look again now"; without it each process looks every few seconds.
"""

import asyncio
import contextlib
import logging
from datetime import timedelta

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import Error, close_old_connections
from django.utils import timezone
from redis.exceptions import RedisError

from audio.models import AccessGrant, Rendition
from casset_site.lib import redis

log = logging.getLogger(__name__)
CHANNEL = "casset:revocations"


def announce() -> None:
    """Ask every process to look now."""
    redis.degrade(lambda: redis.client().publish(CHANNEL, b""), lambda: 0, what="revocation")


class Revocations:
    """The two sets that the audio router asks. Each process has one, kept fresh by `watch`."""

    def __init__(self) -> None:
        self.grants: frozenset[int] = frozenset()
        self.renditions: frozenset[int] = frozenset()

    def hit(self, *, grant: int, rendition: int) -> bool:
        return grant in self.grants or rendition in self.renditions

    def refresh(self) -> None:
        """Read both sets; a few milliseconds, so never on the event loop."""
        # A token's life is rounded up to its bucket.
        longest_s = settings.STREAM_TOKEN_TTL_S + settings.STREAM_TOKEN_BUCKET_S + 60
        since = timezone.now() - timedelta(seconds=longest_s)
        grants = AccessGrant.objects.filter(revoked_at__gte=since).values_list("pk", flat=True)
        renditions = Rendition.objects.filter(withdrawn_at__gte=since).values_list("pk", flat=True)
        self.grants, self.renditions = frozenset(grants), frozenset(renditions)

    async def watch(self) -> None:
        """Refresh until cancelled: when told to, and every few seconds besides."""
        woken = asyncio.Event()
        listener = asyncio.create_task(_listen(woken))
        try:
            while True:
                woken.clear()
                try:
                    await sync_to_async(self._refresh_once, thread_sensitive=False)()
                except Error as error:
                    log.warning("Revocations are stale: the database is away (%s).", type(error).__name__)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(woken.wait(), settings.STREAM_REVOCATION_POLL_S)
        finally:
            listener.cancel()

    def _refresh_once(self) -> None:
        try:
            self.refresh()
        finally:
            close_old_connections()


async def _listen(woken: asyncio.Event) -> None:
    """Wake the watcher on each announcement; when Redis is away, try again every few seconds."""
    while True:
        try:
            async with redis.subscriber() as pubsub:
                await pubsub.subscribe(CHANNEL)
                while True:
                    if await pubsub.get_message(ignore_subscribe_messages=True, timeout=30) is not None:
                        woken.set()
        except (RedisError, OSError):
            await asyncio.sleep(settings.STREAM_REVOCATION_POLL_S)
