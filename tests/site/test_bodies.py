"""Bodies that are too large never reach Django, nor a disk."""

import pytest
from django.conf import settings

from casset_site.bodies import FORMS_BYTES, BodyLimit
from tests.asgi import call

MB = 1024**2


async def reached(scope: object, receive: object, send: object) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": []})  # type: ignore[operator]
    await send({"type": "http.response.body", "body": b""})  # type: ignore[operator]


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("POST", "/accounts/login/", {"content-length": "200"}, 204),
        ("POST", "/accounts/login/", {"content-length": str(FORMS_BYTES + 1)}, 413),
        ("PATCH", "/studio/uploads/x/", {"content-length": str(4 * MB)}, 204),
        ("PATCH", "/studio/uploads/x/", {"content-length": str(17 * MB)}, 413),
        ("POST", "/studio/uploads/", {"content-length": str(settings.UPLOAD_MAX_BYTES)}, 204),
        ("POST", "/studio/uploads/", {"content-length": str(settings.UPLOAD_MAX_BYTES + 2 * MB)}, 413),
        ("POST", "/", {"transfer-encoding": "chunked"}, 411),
        ("POST", "/", {"content-length": "-1"}, 413),
        ("GET", "/", {}, 204),
        ("DELETE", "/studio/uploads/x/", {}, 204),
    ],
)
def test_each_path_has_its_limit(method: str, path: str, headers: dict[str, str], status: int) -> None:
    assert call(BodyLimit(reached), path, method, headers).status == status
