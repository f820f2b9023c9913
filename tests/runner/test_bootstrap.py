import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest

from casset_site.runner import bootstrap

ROOT = bootstrap.ROOT
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==(\S+)", re.MULTILINE)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with two locks and a virtual environment that nothing was installed into."""
    for lock in bootstrap.LOCKS.values():
        (tmp_path / lock).write_text(f"of {lock}")
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/python").symlink_to(sys.executable)
    return tmp_path


def test_the_accepted_versions_are_those_the_package_declares() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    oldest, too_new = (".".join(map(str, version)) for version in (bootstrap.OLDEST, bootstrap.TOO_NEW))
    assert declared == f">={oldest},<{too_new}"


@pytest.mark.parametrize("version", [(3, 7), (3, 10), (3, 13), (4, 0)])
def test_a_wrong_python_gets_a_sentence_that_names_both(version: tuple[int, int]) -> None:
    complaint = bootstrap.version_complaint(version)
    assert complaint is not None
    assert f"this is Python {version[0]}.{version[1]}" in complaint
    assert "3.11 or 3.12" in complaint


@pytest.mark.parametrize("version", [(3, 11), (3, 12)])
def test_a_right_python_gets_none(version: tuple[int, int]) -> None:
    assert bootstrap.version_complaint(version) is None


def test_it_parses_under_an_old_python_and_imports_the_standard_library_only() -> None:
    for script in ("bootstrap.py", "cleaning.py"):
        source = (ROOT / "casset_site/runner" / script).read_text()
        tree = ast.parse(source, feature_version=(3, 7))
        imported = {
            alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
        }
        imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert {name.split(".")[0] for name in imported} <= sys.stdlib_module_names


def test_no_module_beside_it_shadows_the_standard_library() -> None:
    """The script's own folder comes first on its path."""
    modules = {path.stem for path in (ROOT / "casset_site/runner").glob("*.py")} - {"__init__", "__main__"}
    assert not modules & sys.stdlib_module_names


def test_only_a_finished_install_of_the_same_lock_counts(project: Path) -> None:
    assert not bootstrap.is_installed("run", project)
    bootstrap.write_stamp("run", project)
    assert bootstrap.is_installed("run", project)
    assert not bootstrap.is_installed("dev", project)
    (project / "requirements.lock").write_text("another")
    assert not bootstrap.is_installed("run", project)


def test_the_development_lock_settles_both(project: Path) -> None:
    bootstrap.write_stamp("dev", project)
    assert bootstrap.is_installed("dev", project)
    assert bootstrap.is_installed("run", project)


def test_an_interrupted_install_counts_for_nothing(project: Path) -> None:
    bootstrap.write_stamp("dev", project)
    (project / ".venv/casset-installing").touch()
    assert not bootstrap.is_installed("dev", project)


def test_a_stamp_without_its_interpreter_or_with_nonsense_counts_for_nothing(project: Path) -> None:
    bootstrap.write_stamp("dev", project)
    (project / ".venv/casset-installed.json").write_text("[")
    assert not bootstrap.is_installed("dev", project)
    bootstrap.write_stamp("dev", project)
    (project / ".venv/bin/python").unlink()
    assert not bootstrap.is_installed("dev", project)


def test_the_runtime_lock_is_part_of_the_development_lock() -> None:
    runtime, development = (
        dict(PIN.findall((ROOT / bootstrap.LOCKS[name]).read_text())) for name in ("run", "dev")
    )
    assert len(runtime) > 30
    assert runtime.items() <= development.items()


def test_the_locks_name_no_place_and_hash_everything() -> None:
    for lock in sorted(ROOT.glob("requirements*.lock")):
        text = lock.read_text()
        assert not re.search(r"://|--index|--find-links|file:|(^|\s)/", text), lock.name
        assert all("--hash=sha256:" in part for part in re.split(PIN, text)[3::3]), lock.name
