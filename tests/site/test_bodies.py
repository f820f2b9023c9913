"""Bodies that are too large never reach Django, nor a disk."""

import pytest
from django.conf import settings

from casset_site.bodies import BARE_BYTES, FORMS_BYTES, BodyLimit
from tests.asgi import call

MB = 1024**2
UPLOADS = "/studio/uploads/"
MEMBER = {"cookie": "theme=dark; sessionid=abc"}


class Django:
    """What stands behind the limit; `reached` counts the requests that came through."""

    reached = 0

    async def __call__(self, scope: object, receive: object, send: object) -> None:
        self.reached += 1
        await send({"type": "http.response.start", "status": 204, "headers": []})  # type: ignore[operator]
        await send({"type": "http.response.body", "body": b""})  # type: ignore[operator]


def sized(size: int, **headers: str) -> dict[str, str]:
    return {"content-length": str(size), **headers}


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("POST", "/accounts/login/", sized(200), 204),
        ("POST", "/accounts/login/", sized(FORMS_BYTES + 1), 413),
        ("POST", "/", {"transfer-encoding": "chunked"}, 411),
        ("POST", "/", {"content-length": "-1"}, 413),
        ("POST", "/", {"content-length": "9" * 5000}, 413),
        ("PATCH", f"{UPLOADS}x/", sized(4 * MB), 204),
        ("PATCH", f"{UPLOADS}x/", sized(17 * MB), 413),
        ("POST", f"{UPLOADS}x/", sized(17 * MB, **MEMBER), 413),
        ("PATCH", UPLOADS, sized(FORMS_BYTES + 1, **MEMBER), 413),
        ("POST", UPLOADS, sized(settings.UPLOAD_MAX_BYTES, **MEMBER), 204),
        ("POST", UPLOADS, sized(settings.UPLOAD_MAX_BYTES + 2 * MB, **MEMBER), 413),
        ("DELETE", f"{UPLOADS}x/", {}, 204),
        ("GET", "/", {}, 204),
        ("GET", "/", sized(BARE_BYTES), 204),
    ],
)
def test_each_path_has_its_limit(method: str, path: str, headers: dict[str, str], status: int) -> None:
    django = Django()
    assert call(BodyLimit(django), path, method, headers).status == status
    assert django.reached == (status == 204)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_methods_that_need_no_body_cannot_bring_a_large_one(method: str) -> None:
    django = Django()
    for path in ("/", UPLOADS, f"{UPLOADS}x/"):
        assert call(BodyLimit(django), path, method, sized(BARE_BYTES + 1, **MEMBER)).status == 413
        assert call(BodyLimit(django), path, method, {"transfer-encoding": "chunked"}).status == 411
    assert django.reached == 0


@pytest.mark.parametrize("cookie", ["", "theme=dark", "sessionid=", "notsessionid=abc"])
def test_a_stranger_cannot_send_a_whole_file(cookie: str) -> None:
    django = Django()
    assert call(BodyLimit(django), UPLOADS, "POST", sized(FORMS_BYTES + 1, cookie=cookie)).status == 413
    assert django.reached == 0
    assert call(BodyLimit(django), UPLOADS, "POST", sized(FORMS_BYTES, cookie=cookie)).status == 204
