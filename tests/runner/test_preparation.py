from pathlib import Path

import pytest

from casset_site.runner.errors import RunnerError
from casset_site.runner.preparation import Step, chains, outdated
from casset_site.runner.runlock import run_lock
from casset_site.runner.stamps import Stamps, fingerprint


def step(name: str, source: Path, **options: bool) -> Step:
    return Step(name, "", (), (source,), **options)


def test_a_fingerprint_changes_with_any_file_below(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep/a.css").write_text("a")
    before = fingerprint(tmp_path)
    assert fingerprint(tmp_path) == before
    assert fingerprint(tmp_path, also="x") != before
    (tmp_path / "deep/a.css").write_text("ab")
    changed = fingerprint(tmp_path)
    assert changed != before
    (tmp_path / "deep/b.css").touch()
    assert fingerprint(tmp_path) not in {before, changed}


def test_compiled_python_does_not_count(tmp_path: Path) -> None:
    before = fingerprint(tmp_path)
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__/x.pyc").touch()
    assert fingerprint(tmp_path) == before


def test_a_chain_runs_from_its_first_changed_step(tmp_path: Path) -> None:
    stamps = Stamps(tmp_path / "prepared.json")
    sources = [tmp_path / name for name in "abc"]
    chain = [step(source.name, source) for source in sources]
    assert outdated(chain, stamps) == chain
    for one in chain:
        stamps.record(one.name, one.fingerprint())
    assert outdated(chain, stamps) == []
    sources[1].touch()
    assert outdated(chain, stamps) == chain[1:]


def test_a_step_on_a_foreign_database_always_runs(tmp_path: Path) -> None:
    stamps = Stamps(tmp_path / "prepared.json")
    one = step("migrate", tmp_path / "a", always=True)
    stamps.record(one.name, one.fingerprint())
    assert outdated([one], stamps) == [one]


def test_a_damaged_stamp_file_means_that_nothing_is_prepared(tmp_path: Path) -> None:
    stamps = Stamps(tmp_path / "prepared.json")
    stamps.record("a", "1")
    assert stamps.is_current("a", "1")
    stamps.path.write_text("{")
    assert not stamps.is_current("a", "1")


def test_a_new_database_is_migrated_again(tmp_path: Path) -> None:
    def migrate() -> Step:
        return chains(tmp_path, embedded_database=True, demo=False)[0][0]

    before = migrate().fingerprint()
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres/PG_VERSION").write_text("18\n")
    assert migrate().fingerprint() != before


def test_an_empty_site_is_possible(tmp_path: Path) -> None:
    names = {one.name for chain in chains(tmp_path, embedded_database=True, demo=False) for one in chain}
    assert "load_demo" not in names
    assert {"migrate", "collectstatic"} <= names


def test_a_second_site_on_the_same_data_is_told_where_the_first_is(tmp_path: Path) -> None:
    with (
        run_lock(tmp_path, "http://127.0.0.1:8000/"),
        pytest.raises(RunnerError, match=r"already running here \(process \d+, http://127.0.0.1:8000/\)"),
        run_lock(tmp_path, "http://127.0.0.1:8001/"),
    ):
        pass
    with run_lock(tmp_path, "http://127.0.0.1:8001/"):
        pass
