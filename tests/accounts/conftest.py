"""A browser whose requests commit, so that mail goes out, and pictures to upload."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, TestCase
from PIL import Image

Upload = Callable[..., SimpleUploadedFile]


class CommittingClient(Client):
    """A test's transaction never commits: this runs what each request left to do afterwards."""

    def request(self, **request: Any) -> Any:
        with TestCase.captureOnCommitCallbacks(execute=True):
            return super().request(**request)


@pytest.fixture
def browser(db: None) -> CommittingClient:
    return CommittingClient()


@pytest.fixture
def upload() -> Upload:
    def make(side: int = 128, name: str = "me.png") -> SimpleUploadedFile:
        out = BytesIO()
        Image.new("RGB", (side, side), "#e04010").save(out, "PNG")
        return SimpleUploadedFile(name, out.getvalue(), "image/png")

    return make
