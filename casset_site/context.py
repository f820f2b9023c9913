"""What every page needs besides its own context."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token

THEMES = ("auto", "light", "dark")


def site(request: HttpRequest) -> dict[str, Any]:
    """The theme, the flags, and (as a cookie) the token that scripts send with their posts, for everybody."""
    get_token(request)
    theme = request.COOKIES.get("theme", "auto")
    return {"theme": theme if theme in THEMES else "auto", "purchase_gating": settings.PURCHASE_GATING}
