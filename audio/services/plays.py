"""Counting plays once they are real: heard for 30 s or half of what was offered, once a ticket, at a human pace."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import User
from audio.models import Play, Track
from audio.stream_token import Scope
from casset_site.lib import tokens

PURPOSE = "play"
TICKET_LIFETIME_S = 24 * 3600
REAL_PLAY_MS = 30_000


class NotCounted(Exception):
    """The report is not a new, real play. `reason` is for machines; the message is for people."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Ticket:
    """What was offered to whom, and when (unix seconds)."""

    number: str
    track: int
    listener: str
    offered_ms: int
    full: bool
    issued: int

    @property
    def needed_ms(self) -> int:
        return needed_ms(self.offered_ms)


def digest(listener: str) -> str:
    """What stands for a device in tickets and rows: its own id is a secret of its cookie."""
    return salted_hmac("audio.plays", listener, algorithm="sha256").hexdigest()[:32]


def needed_ms(offered_ms: int) -> int:
    return min(REAL_PLAY_MS, offered_ms // 2)


def ticket(*, track: int, listener: str, offered_ms: int, full: bool) -> str:
    """A signed ticket for one play of one track on one device."""
    issued = int(timezone.now().timestamp())
    return tokens.sign(PURPOSE, [secrets.token_hex(8), track, digest(listener), offered_ms, full, issued])


def read(value: str, *, listener: str) -> Ticket:
    """The ticket behind a signed value. Raises NotCounted if it is forged, old, or another device's."""
    try:
        found = Ticket(*tokens.read(PURPOSE, value, TICKET_LIFETIME_S))
    except (tokens.BadToken, TypeError):
        raise NotCounted("bad_ticket", "This play report is not one of ours, or too old.") from None
    if found.listener != digest(listener):
        raise NotCounted("foreign", "This play was offered to another device.")
    return found


def record(*, value: str, listener: str, user: User | AnonymousUser) -> Play:
    """Count a play. Raises NotCounted, and changes nothing, when it is too soon, a repeat, or impossibly fast."""
    heard = read(value, listener=listener)
    now = timezone.now()
    needed = timedelta(milliseconds=heard.needed_ms)
    if now.timestamp() - heard.issued < int(needed.total_seconds()):
        raise NotCounted("too_soon", "That was too short to count as a play.")
    try:
        with transaction.atomic():
            return _count(heard, user, now=now, since=now - needed)
    except IntegrityError as error:
        if "play_ticket_counts_once" in str(error):
            raise NotCounted("repeated", "This play was counted already.") from None
        raise NotCounted("gone", "This track is not here any more.") from None


def _count(heard: Ticket, user: User | AnonymousUser, *, now: datetime, since: datetime) -> Play:
    """Runs in a transaction; a lock on the device makes simultaneous reports of it queue."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"play:{heard.listener}"])
    # One device hears one thing at a time, so its plays cannot be closer than the music they stand for.
    if (
        Play.objects.filter(listener=heard.listener, played_at__gt=since)
        .exclude(ticket=heard.number)
        .exists()
    ):
        raise NotCounted("too_fast", "This device has just played something else.")
    play = Play.objects.create(
        track_id=heard.track,
        listener=heard.listener,
        user=user if isinstance(user, User) else None,
        scope=Scope.FULL if heard.full else Scope.PREVIEW,
        ticket=heard.number,
        played_at=now,
    )
    Track.objects.filter(pk=heard.track).update(play_count=F("play_count") + 1)
    return play
