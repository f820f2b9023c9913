"""Who may hear what: the only decision about entitlement, and the rows it rests on."""

from collections.abc import Collection
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from audio import revocation
from audio.models import AccessGrant, Casset, GrantSource, Track
from audio.stream_token import Scope


@dataclass(frozen=True, slots=True)
class Access:
    """What one person may hear of one casset. `grant` is the AccessGrant behind it, 0 where none is needed."""

    scope: Scope
    grant: int = 0


FULL = Access(Scope.FULL)
PREVIEW = Access(Scope.PREVIEW)


class Listener:
    """One person's rights over some cassets, read once: ask it about each track."""

    def __init__(self, user: User | AnonymousUser, cassets: Collection[int]) -> None:
        self.user = user
        self.grants: dict[int, int] = {}
        if isinstance(user, User):
            rows = AccessGrant.objects.active().owned_by(user).filter(casset__in=cassets)
            self.grants = dict(rows.values_list("casset_id", "pk"))

    def to(self, track: Track) -> Access:
        """Artists and staff hear everything; collectors what they collected; everybody else previews."""
        if self.user.is_staff or track.casset.artist.user_id == self.user.pk:
            return FULL
        if grant := self.grants.get(track.casset_id):
            return Access(Scope.FULL, grant)
        return PREVIEW if settings.PURCHASE_GATING else FULL


def grant(*, user: User, casset: Casset, source: GrantSource) -> AccessGrant:
    """Let a person hear a casset in full. Granting what is granted already returns the grant there is."""
    try:
        with transaction.atomic():
            return AccessGrant.objects.create(user=user, casset=casset, source=source)
    except IntegrityError:
        return AccessGrant.objects.active().get(user=user, casset=casset)


def revoke(*, user: User, casset: Casset) -> int:
    """End a person's access; streams under way stop within a second. Returns how many grants ended (0 or 1)."""
    with transaction.atomic():
        ids = list(AccessGrant.objects.active().filter(user=user, casset=casset).values_list("pk", flat=True))
        ended = AccessGrant.objects.active().filter(pk__in=ids).update(revoked_at=timezone.now())
        if ended:
            transaction.on_commit(revocation.announce, robust=True)
    return ended
