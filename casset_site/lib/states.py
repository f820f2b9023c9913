"""Status columns as declared state machines: one table of allowed transitions, one conditional UPDATE."""

from collections.abc import Collection, Mapping
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet, TextChoices

S = TypeVar("S", bound=TextChoices)


class UndeclaredTransition(ValueError):
    """The code asked for a move that the table does not have: a bug, not a race."""


class Transitions(Generic[S]):
    """The allowed moves of one status column.

        STATES = Transitions({Status.DRAFT: {Status.READY}, Status.READY: {Status.DRAFT}})

    A status that is no key is final. `field` is the column's name.
    """

    def __init__(self, allowed: Mapping[S, Collection[S]], *, field: str = "status") -> None:
        self._allowed = {start: frozenset(ends) for start, ends in allowed.items()}
        self.field = field

    def allows(self, start: S, end: S) -> bool:
        return end in self._allowed.get(start, frozenset())

    def sources(self, end: S) -> frozenset[S]:
        return frozenset(start for start, ends in self._allowed.items() if end in ends)

    def move(
        self,
        rows: QuerySet[Any] | type[Model],
        pk: Any,
        *,
        expect: S | Collection[S],
        to: S,
        **fields: Any,
    ) -> bool:
        """Move row `pk` from `expect` (one status or several) to `to`, writing `fields` with it.

        One `UPDATE … WHERE pk = … AND status IN (…)`. True if this call moved the row; False if the row is
        gone, outside `rows`, or another call moved it first: then nothing was written. Needs no lock.
        Raises UndeclaredTransition if any of the moves is not in the table.
        """
        starts: list[S] = [expect] if isinstance(expect, TextChoices) else list(expect)
        for start in starts:
            if not self.allows(start, to):
                raise UndeclaredTransition(f"{self.field}: {start} → {to} is not declared.")
        queryset = rows if isinstance(rows, QuerySet) else rows._default_manager.all()
        found = queryset.filter(pk=pk, **{f"{self.field}__in": starts})
        return bool(found.update(**{self.field: to}, **fields))
