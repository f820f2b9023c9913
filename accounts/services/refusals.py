"""Why an account's change is refused, in the person's words, also when it is the database that refuses."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from accounts.models import COLOR_RULE


class AccountError(Exception):
    """A change that cannot be made. The message is for the person; `field` is the form's field at fault."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class HandleError(AccountError):
    """The handle breaks the rule, is reserved, or somebody has it."""

    def __init__(self, message: str) -> None:
        super().__init__(message, field="handle")


class EmailTaken(AccountError):
    """Another account has this address."""


HANDLE_TAKEN = "This handle is taken. Try another one."
EMAIL_TAKEN = "This e-mail address has an account already. Sign in, or reset the password."
PAGE_EXISTS = "You have an artist page already."


def _refusal(constraint: str) -> AccountError | None:
    match constraint:
        case "user_handle_unique" | "artist_handle_unique":
            return HandleError(HANDLE_TAKEN)
        case "user_email_unique" | "unique_verified_email":
            return EmailTaken(EMAIL_TAKEN, field="email")
        case "accounts_artist_user_id_key":
            return AccountError(PAGE_EXISTS)
        case "artist_accent_is_hex":
            return AccountError(str(COLOR_RULE.message), field="accent")
    return None


@contextmanager
def refusing() -> Iterator[None]:
    """Run writes in a transaction; a constraint they break, say in a race, is raised as its AccountError."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        refusal = _refusal(getattr(diagnosis, "constraint_name", None) or "")
        if refusal is None:
            raise
        raise refusal from error
