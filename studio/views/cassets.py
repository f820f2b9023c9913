"""Making a casset, its words and its cover, and bringing it out."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from audio.services import cassets
from casset_site.lib import pictures
from casset_site.lib.ratelimit import Limit, limited
from studio.forms import CassetForm, TitleForm
from studio.requests import ArtistRequest, artist_required
from studio.services import details
from studio.views import editor

page_with_form = require_http_methods(["GET", "HEAD", "POST"])


@page_with_form
@artist_required
@limited("casset-create", Limit(30, per_seconds=3600, burst=30), methods={"POST"})
def create(request: ArtistRequest) -> HttpResponse:
    """A title is enough: the rest happens on the casset's page."""
    form = TitleForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            casset = cassets.create(artist=request.artist, title=form.cleaned_data["title"])
        except cassets.CassetError as refusal:
            form.add_error("title", str(refusal))
        else:
            return redirect("studio:casset-edit", casset.pk)
    status = editor.UNPROCESSABLE if form.errors else 200
    return render(request, "studio/casset_new.html", {"form": form}, status=status)


@page_with_form
@artist_required
@limited("picture", pictures.RATE, methods={"POST"})
def edit(request: ArtistRequest, pk: int) -> HttpResponse:
    casset = editor.casset_of(request, pk)
    if request.method != "POST":
        return editor.page(request, casset)
    form = CassetForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            details.save(casset=casset, **form.cleaned_data)
        except pictures.PictureRejected as refusal:
            form.add_error("cover", str(refusal))
        except cassets.CassetError as refusal:
            form.add_error("title", str(refusal))
        else:
            messages.success(request, f"“{casset.title}” is saved.")
            return redirect("studio:casset-edit", casset.pk)
    return editor.page(request, casset, form=form, status=editor.UNPROCESSABLE)


@require_POST
@artist_required
def publish(request: ArtistRequest, pk: int) -> HttpResponse:
    casset = editor.casset_of(request, pk)
    try:
        cassets.publish(casset=casset)
    except cassets.CassetError as refusal:
        return editor.page(request, casset, publish_refusal=str(refusal), status=editor.UNPROCESSABLE)
    messages.success(request, f"“{casset.title}” is out. Everybody can hear it now.")
    return redirect("studio:casset-edit", casset.pk)


@require_POST
@artist_required
def unpublish(request: ArtistRequest, pk: int) -> HttpResponse:
    casset = editor.casset_of(request, pk)
    cassets.unpublish(casset=casset)
    messages.success(request, f"“{casset.title}” is a draft again. Only you see it.")
    return redirect("studio:casset-edit", casset.pk)


@page_with_form
@artist_required
def delete(request: ArtistRequest, pk: int) -> HttpResponse:
    """Asks first; what is out, or collected, stays."""
    casset = editor.casset_of(request, pk)
    refusal = ""
    if request.method == "POST":
        try:
            cassets.remove(casset=casset)
        except cassets.CassetError as error:
            refusal = str(error)
        else:
            messages.success(request, f"“{casset.title}” is deleted.")
            return redirect("studio:dashboard")
    status = editor.UNPROCESSABLE if refusal else 200
    context = {"casset": casset, "refusal": refusal}
    return render(request, "studio/casset_delete.html", context, status=status)
