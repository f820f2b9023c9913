"""Public pages of artists, cassets and tracks, and what the player asks for."""

import json
import time

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Artist
from accounts.requests import VisitorRequest
from audio import lyrics, queries
from audio.models import Casset, Tag, Track
from audio.services import plays, streams
from casset_site.lib.gcra import Limit
from casset_site.lib.ratelimit import by_user_or_address, limited

PAGE = 24


@require_safe
def browse(request: VisitorRequest) -> HttpResponse:
    """Every published casset, by tag, newest first or by title."""
    tag, sort = request.GET.get("tag", ""), request.GET.get("sort", "new")
    active = get_object_or_404(Tag, slug=tag) if tag else None
    page = Paginator(queries.browse(tag=tag, sort=sort), PAGE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "cassets": _with_leads(request, list(page.object_list)),
        "tags": queries.tags_in_use(),
        "active_tag": active,
        "sort": sort if sort in queries.SORTS else "new",
    }
    return render(request, "audio/browse.html", context)


@require_safe
def artist(request: VisitorRequest, handle: str) -> HttpResponse:
    found = get_object_or_404(Artist.objects.visible(), handle=handle.lower())
    cassets = Casset.objects.filter(artist=found).published().newest()
    context = {
        "artist": found,
        "cassets": _with_leads(request, list(queries.cassets_for_cards(cassets))),
        "is_owner": found.user_id == request.user.pk,
    }
    return render(request, "audio/artist.html", context)


@require_safe
def casset(request: VisitorRequest, handle: str, slug: str) -> HttpResponse:
    found = _casset(request, handle, slug)
    tracks = _playable(request, found)
    context = {
        "casset": found,
        "tracks": tracks,
        "lead": tracks[0] if tracks else None,
        "is_owner": found.artist.user_id == request.user.pk,
    }
    return render(request, "audio/casset.html", context)


@require_safe
def track(request: VisitorRequest, handle: str, slug: str, track_slug: str) -> HttpResponse:
    found = _casset(request, handle, slug)
    tracks = _playable(request, found)
    chosen = next((row for row in tracks if row.slug == track_slug), None)
    if chosen is None:
        raise Http404
    chosen.refresh_from_db(fields=["lyrics", "credits"])
    context = {
        "casset": found,
        "track": chosen,
        "others": [row for row in tracks if row.pk != chosen.pk],
        "lyrics_lines": lyrics.lines(chosen.lyrics),
        "is_owner": found.artist.user_id == request.user.pk,
    }
    return render(request, "audio/track.html", context)


@never_cache
@require_safe
@limited("listen", Limit(240, per_seconds=60, burst=60), by=by_user_or_address)
def listen_track(request: VisitorRequest, pk: int) -> JsonResponse:
    """A fresh playable for one track; 409 while it is being processed, 404 for what this person may not open."""
    found = Track.objects.visible_to(request.user).with_casset().filter(pk=pk).first()
    if found is None:
        return JsonResponse({"error": "This track does not exist, or is not public."}, status=404)
    if not found.is_ready:
        return JsonResponse(
            {"error": "This track is still being processed.", "reason": "processing"}, status=409
        )
    streams.attach([found], user=request.user, listener=request.listener, now=time.time())
    return JsonResponse(found.playable)  # type: ignore[attr-defined]


@never_cache
@require_safe
@limited("listen", Limit(240, per_seconds=60, burst=60), by=by_user_or_address)
def listen_casset(request: VisitorRequest, pk: int) -> JsonResponse:
    """Fresh playables for all finished tracks of a casset."""
    found = Casset.objects.visible_to(request.user).filter(pk=pk).first()
    if found is None:
        return JsonResponse({"error": "This casset does not exist, or is not public."}, status=404)
    tracks = _playable(request, found)
    return JsonResponse({"tracks": [row.playable for row in tracks]})  # type: ignore[attr-defined]


@require_POST
@limited("play", Limit(30, per_seconds=60, burst=10), by=by_user_or_address)
def play_record(request: VisitorRequest) -> HttpResponse:
    """204 when the play counts; otherwise why it does not."""
    try:
        value = json.loads(request.body)["ticket"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return JsonResponse({"counted": False, "reason": "bad_request"}, status=400)
    try:
        plays.record(value=str(value), listener=request.listener, user=request.user)
    except plays.NotCounted as refusal:
        return JsonResponse({"counted": False, "reason": refusal.reason})
    return HttpResponse(status=204)


def _casset(request: VisitorRequest, handle: str, slug: str) -> Casset:
    visible = Casset.objects.visible_to(request.user).select_related("artist").prefetch_related("tags")
    return get_object_or_404(visible, artist__handle=handle.lower(), slug=slug)


def _playable(request: VisitorRequest, found: Casset) -> list[Track]:
    """The casset's finished tracks in order, each with its `playable`."""
    tracks = list(found.tracks.ready().with_casset().in_order())
    streams.attach(tracks, user=request.user, listener=request.listener, now=time.time())
    return tracks


def _with_leads(request: VisitorRequest, cassets: list[Casset]) -> list[Casset]:
    return list(streams.attach_leads(cassets, user=request.user, listener=request.listener, now=time.time()))
