"""Who is listening on this device: a random id in a cookie, to which stream tokens are bound."""

import re
import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

COOKIE = "listener"
COOKIE_AGE_S = 400 * 24 * 3600
SHAPE = re.compile(r"[0-9a-f]{32}")


class ListenerMiddleware:
    """Gives each request `request.listener` (32 hexadecimal digits), kept in a cookie that scripts cannot read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        known = request.COOKIES.get(COOKIE, "")
        request.listener = known if SHAPE.fullmatch(known) else secrets.token_hex(16)  # type: ignore[attr-defined]
        response = self.get_response(request)
        listener = request.listener  # type: ignore[attr-defined]
        if listener != known:
            response.set_cookie(
                COOKIE,
                listener,
                max_age=COOKIE_AGE_S,
                httponly=True,
                samesite="Lax",
                secure=request.is_secure(),
            )
        return response


def forget_on_logout(request: HttpRequest, **_: object) -> None:
    """Give the device a new id: every address that the old one was given stops working here."""
    request.listener = secrets.token_hex(16)  # type: ignore[attr-defined]
