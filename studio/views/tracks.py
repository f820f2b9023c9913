"""The tracks of a casset: how they stand, their words, their preview, their order."""

import base64
import time

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audio.models import Track
from audio.services import imports, streams, tracks
from casset_site.lib import outbound
from casset_site.lib.ratelimit import Limit, limited
from studio import facts
from studio.forms import ImportForm, MoveForm, PreviewForm, TrackForm
from studio.requests import ArtistRequest, artist_required
from studio.views import editor

page_with_form = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@never_cache
@artist_required
def board(request: ArtistRequest, pk: int) -> HttpResponse:
    """The track list alone, asked for every second while something moves; 204 when it would look the same."""
    casset = editor.casset_of(request, pk)
    now = editor.board_of(request, casset)
    if request.GET.get("seen") == now.version:
        return HttpResponse(status=204)
    return render(request, "studio/_board.html", {"casset": casset, "board": now, "swap": True})


@require_POST
@artist_required
@limited("track-import", Limit(30, per_seconds=3600, burst=10))
def fetch(request: ArtistRequest, pk: int) -> HttpResponse:
    """Order the fetch of a file from a web address."""
    casset = editor.casset_of(request, pk)
    form = ImportForm(request.POST)
    if form.is_valid():
        try:
            imports.begin(casset=casset, url=form.cleaned_data["url"])
        except outbound.OutboundRefused as refusal:
            form.add_error("url", str(refusal))
        else:
            return redirect("studio:casset-edit", casset.pk)
    return editor.page(request, casset, import_form=form, status=editor.UNPROCESSABLE)


@page_with_form
@artist_required
def edit(request: ArtistRequest, pk: int) -> HttpResponse:
    track = _own(request, pk)
    if request.method != "POST":
        return _page(request, track)
    form = TrackForm(request.POST)
    if not form.is_valid():
        return _page(request, track, form=form, status=editor.UNPROCESSABLE)
    tracks.edit(track=track, **form.cleaned_data)
    messages.success(request, f"“{track.title}” is saved.")
    return redirect("studio:track-edit", track.pk)


@require_POST
@artist_required
def preview(request: ArtistRequest, pk: int) -> HttpResponse:
    """Move the preview window."""
    track = _own(request, pk)
    form = PreviewForm(request.POST, track=track)
    if form.is_valid():
        window = form.cleaned_data
        try:
            tracks.set_preview(track=track, start_ms=window["start"], length_ms=window["length"])
        except tracks.TrackError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"The preview of “{track.title}” is saved.")
            return redirect("studio:track-edit", track.pk)
    return _page(request, track, preview_form=form, status=editor.UNPROCESSABLE)


@page_with_form
@artist_required
def delete(request: ArtistRequest, pk: int) -> HttpResponse:
    track = _own(request, pk)
    context: dict[str, object] = {"track": track, "casset": track.casset}
    if request.method == "POST":
        try:
            tracks.remove(track=track)
        except tracks.TrackError as refusal:
            context["refusal"] = str(refusal)
        else:
            messages.success(request, f"“{track.title}” is deleted.")
            return redirect("studio:casset-edit", track.casset_id)
    status = editor.UNPROCESSABLE if "refusal" in context else 200
    return render(request, "studio/track_delete.html", context, status=status)


@require_POST
@artist_required
def move(request: ArtistRequest, pk: int) -> HttpResponse:
    track = _own(request, pk)
    form = MoveForm(request.POST)
    if not form.is_valid():
        return editor.page(request, track.casset, status=editor.UNPROCESSABLE)
    tracks.move(track=track, position=form.cleaned_data["position"])
    return redirect("studio:casset-edit", track.casset_id)


def _own(request: ArtistRequest, pk: int) -> Track:
    own = Track.objects.owned_by(request.user).select_related("casset__artist")
    return get_object_or_404(own, pk=pk)


def _page(request: ArtistRequest, track: Track, *, status: int = 200, **forms: object) -> HttpResponse:
    streams.attach([track], user=request.user, listener=request.listener, now=time.time())
    context = {
        "track": track,
        "casset": track.casset,
        "form": TrackForm.of(track),
        "preview_form": PreviewForm(track=track) if track.is_ready else None,
        "peaks": base64.b64encode(bytes(track.peaks)).decode(),
        "source": facts.source(track.codec, track.source_rate, track.source_channels),
        **forms,
    }
    return render(request, "studio/track.html", context, status=status)
