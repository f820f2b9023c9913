"""What import-linter cannot see: string foreign keys, parts of outside packages, sizes."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib import admin
from django.db.models import ForeignKey, ManyToManyField

from casset_site import importmap

ROOT = Path(__file__).resolve().parents[2]
APPS = ["accounts", "audio", "social", "commerce", "campaigns", "studio"]
WEB_LAYER = ("django.http", "django.shortcuts", "django.contrib.messages")
LONGEST_FILE, LONGEST_FUNCTION = 350, 40


def own_sources() -> list[Path]:
    folders = [ROOT / name for name in ("casset_site", *APPS)]
    return [path for folder in folders for path in folder.rglob("*.py") if "migrations" not in path.parts]


def test_relations_point_to_the_same_app_or_a_lower_one() -> None:
    for model in apps.get_models():
        if model._meta.app_label not in APPS:
            continue
        for field in model._meta.get_fields():
            if (
                isinstance(field, ForeignKey | ManyToManyField)
                and field.remote_field.model._meta.app_label in APPS
            ):
                target = field.remote_field.model._meta.app_label
                assert APPS.index(target) <= APPS.index(model._meta.app_label), (
                    f"{field} points up to {target}"
                )


def test_services_and_models_know_no_web_layer() -> None:
    for path in own_sources():
        if "services" not in path.parts and path.name not in ("models.py", "queries.py"):
            continue
        if path.is_relative_to(ROOT / "casset_site"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            assert not [name for name in names if name.startswith(WEB_LAYER)], f"{path} imports {names}"


@pytest.mark.parametrize("path", own_sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_stay_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= LONGEST_FILE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length <= LONGEST_FUNCTION, f"{node.name} has {length} lines"


def test_every_app_of_ours_has_its_models_in_the_admin() -> None:
    own = [model for model in apps.get_models() if model._meta.app_label in [*APPS, "outbox"]]
    assert [
        model for model in own if model not in admin.site._registry and not model._meta.auto_created
    ] == []


IMPORT = re.compile(
    r"""^(?:import|export)\s+(?:[^"'`;]*\sfrom\s+)?["']([^"']+)["'];|\bimport\(["']([^"']+)["']\)""",
    re.MULTILINE,
)


def test_every_module_has_one_bare_name_and_every_import_resolves() -> None:
    names = importmap.names()
    for path in (ROOT / "static" / "js").rglob("*.js"):
        found = [match[1] or match[2] for match in IMPORT.finditer(path.read_text(encoding="utf-8"))]
        assert [name for name in found if name not in names] == [], path
