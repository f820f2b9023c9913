import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import pytest
from django.db import connection
from django.db.models import QuerySet, TextChoices

from audio.models import Casset, CassetStatus
from audio.services import cassets
from casset_site.lib.states import Transitions, UndeclaredTransition
from tests import make


class Status(TextChoices):
    DRAFT = "draft"
    WAITING = "waiting"
    READY = "ready"
    FAILED = "failed"


STATES = Transitions(
    {
        Status.DRAFT: {Status.WAITING},
        Status.WAITING: {Status.READY, Status.FAILED},
        Status.FAILED: {Status.WAITING},
    }
)


class Rows(QuerySet[Any]):
    """A table of dictionaries with the two calls that a move makes."""

    def __init__(self, *rows: dict[str, Any]) -> None:
        self.rows = list(rows)

    def filter(self, *, pk: int, status__in: list[str]) -> "Rows":
        return Rows(*[row for row in self.rows if row["pk"] == pk and row["status"] in status__in])

    def update(self, **fields: Any) -> int:
        for row in self.rows:
            row.update(fields)
        return len(self.rows)


def one_row(status: Status) -> Rows:
    return Rows({"pk": 1, "status": status, "note": ""}, {"pk": 2, "status": status, "note": ""})


def test_a_declared_move_changes_one_row_and_its_fields() -> None:
    rows = one_row(Status.WAITING)
    assert STATES.move(rows, 1, expect=Status.WAITING, to=Status.READY, note="done")
    assert rows.rows == [
        {"pk": 1, "status": Status.READY, "note": "done"},
        {"pk": 2, "status": Status.WAITING, "note": ""},
    ]


def test_the_second_of_two_moves_does_nothing() -> None:
    rows = one_row(Status.WAITING)
    assert STATES.move(rows, 1, expect=Status.WAITING, to=Status.READY, note="first")
    assert not STATES.move(rows, 1, expect=Status.WAITING, to=Status.FAILED, note="second")
    assert rows.rows[0] == {"pk": 1, "status": Status.READY, "note": "first"}


def test_several_starts_may_be_expected() -> None:
    for start in (Status.DRAFT, Status.FAILED):
        rows = one_row(start)
        assert STATES.move(rows, 1, expect={Status.DRAFT, Status.FAILED}, to=Status.WAITING)
        assert rows.rows[0]["status"] == Status.WAITING


@pytest.mark.parametrize(
    ("start", "end"),
    [(Status.DRAFT, Status.READY), (Status.READY, Status.DRAFT), (Status.DRAFT, Status.DRAFT)],
)
def test_an_undeclared_move_raises_and_changes_nothing(start: Status, end: Status) -> None:
    rows = one_row(start)
    with pytest.raises(UndeclaredTransition):
        STATES.move(rows, 1, expect=start, to=end)
    assert [row["status"] for row in rows.rows] == [start, start]


def test_one_undeclared_start_among_several_raises() -> None:
    rows = one_row(Status.DRAFT)
    with pytest.raises(UndeclaredTransition):
        STATES.move(rows, 1, expect=[Status.DRAFT, Status.READY], to=Status.WAITING)
    assert rows.rows[0]["status"] == Status.DRAFT


def test_a_row_out_of_reach_is_not_moved() -> None:
    assert not STATES.move(one_row(Status.DRAFT), 3, expect=Status.DRAFT, to=Status.WAITING)


def test_a_model_class_stands_for_all_its_rows() -> None:
    rows = one_row(Status.DRAFT)

    class Manager:
        def all(self) -> Rows:
            return rows

    class Thing:
        _default_manager = Manager()

    assert STATES.move(cast("Any", Thing), 2, expect=Status.DRAFT, to=Status.WAITING)
    assert [row["status"] for row in rows.rows] == [Status.DRAFT, Status.WAITING]


def test_the_table_can_be_asked() -> None:
    assert STATES.sources(Status.WAITING) == {Status.DRAFT, Status.FAILED}
    assert STATES.allows(Status.DRAFT, Status.WAITING)


@pytest.mark.django_db(transaction=True)
def test_of_many_simultaneous_moves_one_happens() -> None:
    casset = make.casset(make.artist(), status=CassetStatus.DRAFT)
    barrier = threading.Barrier(4)

    def archive(number: int) -> bool:
        barrier.wait()
        try:
            start, end = CassetStatus.DRAFT, CassetStatus.ARCHIVED
            return cassets.STATES.move(Casset, casset.pk, expect=start, to=end, notes=str(number))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        moved = list(pool.map(archive, range(4)))
    casset.refresh_from_db()
    assert moved.count(True) == 1
    assert (casset.status, casset.notes) == (CassetStatus.ARCHIVED, str(moved.index(True)))
