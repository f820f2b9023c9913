"""The studio's door: only artists come in, each to their own things."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from accounts.models import Artist
from accounts.requests import MemberRequest

P = ParamSpec("P")


class ArtistRequest(MemberRequest):
    """A member with an artist page."""

    artist: Artist


def artist_required(
    view: Callable[Concatenate[ArtistRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Visitors go to sign in, members without an artist page go to open one; a program is told so in words."""

    @wraps(view)
    def wrapper(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        artist: Artist | None = getattr(request.user, "artist", None)
        if artist is None:
            return _turned_away(request)
        request.artist = artist  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)  # type: ignore[arg-type]

    return wrapper


def _turned_away(request: HttpRequest) -> HttpResponseBase:
    signed_in = request.user.is_authenticated
    if "Tus-Resumable" in request.headers:
        reason = "Open an artist page first." if signed_in else "You are signed out. Sign in, then try again."
        return HttpResponse(
            reason, status=403 if signed_in else 401, content_type="text/plain; charset=utf-8"
        )
    if signed_in:
        return redirect("accounts:artist-open")
    # An act cannot be repeated by a link: after signing in the artist finds the studio's first page.
    return redirect_to_login(request.get_full_path() if request.method == "GET" else "/studio/")
