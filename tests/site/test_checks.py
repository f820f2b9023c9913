"""System checks: a wrong configuration is named before the first request."""

from pathlib import Path

import pytest
from django.core import checks
from pytest_django import Settings

from casset_site import checks as ours
from casset_site.celery import app


def test_the_configuration_of_the_tests_is_sound() -> None:
    assert [found for found in checks.run_checks() if not found.is_silenced()] == []


def test_a_data_folder_that_cannot_be_written_is_an_error(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DATA_DIR = tmp_path / "new" / "deeper"
    assert ours.writable_data_folder() == []
    monkeypatch.setattr(ours.os, "access", lambda *_: False)  # root may write everywhere
    (found,) = ours.writable_data_folder()
    assert (found.id, found.level) == ("casset.E001", checks.ERROR)
    assert str(settings.DATA_DIR) in found.msg


@pytest.mark.parametrize("walls", [[], ["netns", "landlock"], ["rlimits", "no_new_privs", "user"]])
def test_every_wall_that_the_decoder_can_have_may_be_required(walls: list[str], settings: Settings) -> None:
    settings.DECODER_WALLS = walls
    assert ours.known_wall_names() == []


def test_a_misspelt_wall_is_an_error(settings: Settings) -> None:
    settings.DECODER_WALLS = ["netns", "moat"]
    (found,) = ours.known_wall_names()
    assert found.id == "casset.E002"
    assert "moat" in found.msg


def test_every_scheduled_job_is_a_task_that_a_worker_knows() -> None:
    app.loader.import_default_modules()
    assert [row["task"] for row in app.conf.beat_schedule.values() if row["task"] not in app.tasks] == []


def test_pictures_in_a_bucket_need_a_public_address(settings: Settings) -> None:
    settings.S3_BUCKET = "casset"
    for url, ids in (("/media/", ["casset.E003"]), ("https://cdn.example/media/", [])):
        settings.MEDIA_URL = url
        assert [problem.id for problem in ours.bucket_has_a_public_address()] == ids
