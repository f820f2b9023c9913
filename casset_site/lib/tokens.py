"""Small signed, expiring values: what a page hands out and takes back (play tickets, invitations).

The purpose is part of the key, so a value signed for one use is nothing for another. Payloads are readable
by whoever holds the value: no secrets in them.
"""

from typing import Any

from django.core import signing


class BadToken(Exception):
    """The value was not made here for this purpose, or is too old."""

    def __init__(self, message: str, *, expired: bool = False) -> None:
        super().__init__(message)
        self.expired = expired


def sign(purpose: str, payload: Any) -> str:
    """URL-safe text for a JSON-able payload, stamped with the present time."""
    return signing.dumps(payload, salt=_salt(purpose))


def read(purpose: str, value: str, max_age_s: int) -> Any:
    """The payload of `sign(purpose, …)`; raises BadToken if it is older than `max_age_s` or not ours."""
    try:
        return signing.loads(value, salt=_salt(purpose), max_age=max_age_s)
    except signing.SignatureExpired as error:
        raise BadToken("This link has expired.", expired=True) from error
    except (signing.BadSignature, ValueError) as error:
        raise BadToken("This link is not valid.") from error


def _salt(purpose: str) -> str:
    if not purpose:
        raise ValueError("A token needs a purpose.")
    return f"casset.tokens.{purpose}"
