"""Ending sessions. `User.session_version` is part of every session's hash: one step kills them all."""

from django.db.models import F, QuerySet

from accounts.models import User


def sign_out_everywhere(*, user: User) -> None:
    """End every session of the user, this one too: a caller who keeps it renews its hash afterwards."""
    User.objects.filter(pk=user.pk).update(session_version=F("session_version") + 1)
    user.refresh_from_db(fields=["session_version"])


def suspend(*, users: QuerySet[User]) -> int:
    """Shut the accounts and end their sessions; returns how many were open until now."""
    return users.filter(is_active=True).update(is_active=False, session_version=F("session_version") + 1)


def reactivate(*, users: QuerySet[User]) -> int:
    """Open shut accounts again; sessions from before stay dead. Returns how many were shut."""
    return users.filter(is_active=False).update(is_active=True, session_version=F("session_version") + 1)
