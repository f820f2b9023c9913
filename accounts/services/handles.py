"""Handles: the @names that users and artists go by."""

from django.core.exceptions import ValidationError
from django.db import connection

from accounts import queries
from accounts.models import HANDLE_RULE, User
from accounts.services.refusals import HANDLE_TAKEN, HandleError

# Names of the site's places and voices. Compared without hyphens and underscores: "ad-min" is no loophole.
RESERVED_WORDS = """
    a about abuse account accounts admin administrator admins all anonymous api app artist artists
    audio auth billing blog browse campaign campaigns casset cassets checkout commerce contact
    copyright discover dmca edit embed everyone explore fan fans faq feed feedback following handle
    healthz hello help here home hostmaster imprint info jobs label legal library listen listener
    login logout mail me media member members metrics mod moderator moderators music new news
    noreply nobody none notifications null official owner pay payments payouts play player policy
    postmaster press pricing privacy promoter promoters radio readyz rss root sales search security
    self settings shop signin signout signup site social staff static status store studio support sw
    system tag tags team terms tips track tracks trending undefined upload uploads user users
    verified webmaster welcome www you
"""
RESERVED = frozenset(RESERVED_WORDS.split())
RESERVED_SENTENCE = "This handle is kept for the site itself. Please choose another one."


def tidy(handle: str) -> str:
    """As stored: without the @ that people write in front, in small letters."""
    return handle.strip().removeprefix("@").lower()


def check(handle: str, *, owner: User | None = None, look_up: bool = True) -> None:
    """Raise HandleError unless `owner` (nobody yet at sign-up) may go by this tidy handle.

    A courtesy to the person, early: whoever writes the handle has to `claim` it.
    """
    try:
        HANDLE_RULE(handle)
    except ValidationError as error:
        raise HandleError(str(error.message)) from error
    if handle.replace("-", "").replace("_", "") in RESERVED:
        raise HandleError(RESERVED_SENTENCE)
    if look_up and queries.is_handle_taken(handle, by_others_than=owner):
        raise HandleError(HANDLE_TAKEN)


def claim(handle: str, *, owner: User | None = None) -> None:
    """Keep the handle from everybody else until the caller's transaction ends; HandleError if somebody has it.

    Users and artists hold handles in two tables, so that no constraint can see both.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('handle'), hashtext(lower(%s)))", [handle])
    if queries.is_handle_taken(handle, by_others_than=owner):
        raise HandleError(HANDLE_TAKEN)
