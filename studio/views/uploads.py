"""Files from the artist's device: in pieces that survive a lost connection (tus 1.0), or by a plain form.

The protocol is https://tus.io/protocols/resumable-upload, core with the extensions creation and termination.
Refusals are one sentence of plain text for the artist.
"""

import base64
import binascii
import re
from collections.abc import Callable
from functools import wraps
from typing import BinaryIO, cast
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from audio.models import Casset, Upload, UploadStatus
from audio.services import uploads
from audio.services.uploads import UploadError
from casset_site.lib.ratelimit import Limit, limited
from studio import queries
from studio.requests import ArtistRequest, artist_required
from studio.views import editor

VERSION = "1.0.0"
PIECE = "application/offset+octet-stream"
NUMBER = re.compile(r"\d{1,18}")
LONGEST_NAME = 200

View = Callable[..., HttpResponseBase]


def tus(view: View) -> View:
    """Answer in the protocol's terms: its version on everything, refusals as their status with a sentence."""

    @wraps(view)
    def wrapper(request: ArtistRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        spoken = request.headers.get("Tus-Resumable")
        if spoken is None and request.method in ("POST", "OPTIONS"):
            return view(request, *args, **kwargs)
        try:
            if spoken != VERSION:
                raise UploadError(412, f"This server speaks version {VERSION} of the tus protocol.")
            response = view(request, *args, **kwargs)
        except UploadError as refusal:
            response = HttpResponse(
                str(refusal), status=refusal.status, content_type="text/plain; charset=utf-8"
            )
        except Http404:
            sentence = "This upload is gone. Choose the file again to start anew."
            response = HttpResponse(sentence, status=404, content_type="text/plain; charset=utf-8")
        response.headers["Tus-Resumable"] = VERSION
        if response.status_code == 412:
            response.headers["Tus-Version"] = VERSION
        return response

    return wrapper


@require_http_methods(["OPTIONS", "POST"])
@never_cache
@artist_required
@tus
@limited("upload", Limit(600, per_seconds=600, burst=300), methods={"POST"})
def create(request: ArtistRequest) -> HttpResponse:
    """Open an upload; or, from a form without the protocol's headers, take whole files."""
    if request.method == "OPTIONS":
        return _abilities()
    if "Tus-Resumable" not in request.headers:
        return _take_form(request)
    size = _number(request, "Upload-Length")
    metadata = _metadata(request.headers.get("Upload-Metadata", ""))
    casset = editor.casset_of(request, metadata.get("casset"))
    name = printable(metadata.get("filename", ""))
    if not name:
        raise UploadError(400, "The file has no name.")
    upload = uploads.begin(casset=casset, filename=name, size=size)
    return HttpResponse(status=201, headers={"Location": reverse("studio:upload", args=[upload.pk])})


@require_http_methods(["HEAD", "PATCH", "DELETE", "POST"])
@never_cache
@artist_required
@tus
def upload(request: ArtistRequest, pk: UUID) -> HttpResponse:
    """How far an upload is, its next piece, or its end. POST without the protocol's headers is a form's "Cancel"."""
    own = get_object_or_404(queries.uploads_of(request.user), pk=pk)
    if "Tus-Resumable" not in request.headers:
        uploads.discard(upload=own)
        return redirect("studio:casset-edit", own.casset_id)
    if own.source_url:
        raise Http404
    method = request.headers.get("X-HTTP-Method-Override", request.method or "").upper()
    act = {"HEAD": _state, "PATCH": _append, "DELETE": _discard}.get(method)
    return act(request, own) if act else HttpResponse(status=405, headers={"Allow": "HEAD, PATCH, DELETE"})


def _abilities() -> HttpResponse:
    headers = {
        "Tus-Resumable": VERSION,
        "Tus-Version": VERSION,
        "Tus-Extension": "creation,termination",
        "Tus-Max-Size": str(settings.UPLOAD_MAX_BYTES),
    }
    return HttpResponse(status=204, headers=headers)


def _state(_request: ArtistRequest, upload: Upload) -> HttpResponse:
    if upload.status == UploadStatus.FAILED:
        raise UploadError(410, "This upload is over.")
    return HttpResponse(headers={"Upload-Offset": str(upload.received), "Upload-Length": str(upload.size)})


def _append(request: ArtistRequest, upload: Upload) -> HttpResponse:
    """What can be refused by its headers is refused before the file is touched; the piece itself is here already."""
    if request.content_type != PIECE:
        raise UploadError(415, f"A piece of a file is sent as {PIECE}.")
    offset = _number(request, "Upload-Offset")
    coming = int(request.META.get("CONTENT_LENGTH") or 0)
    over = upload.status != UploadStatus.OPEN
    if over and not (upload.status == UploadStatus.COMPLETE and offset == upload.size and not coming):
        raise UploadError(410, "This upload is over.")
    if offset != upload.received:
        raise UploadError(409, f"Continue at byte {upload.received}.")
    if coming > upload.size - offset:
        raise UploadError(413, "More bytes came than the file was said to have.")
    if not over:
        upload = uploads.append(upload=upload, offset=offset, body=cast("BinaryIO", request))
    return HttpResponse(status=204, headers={"Upload-Offset": str(upload.received)})


def _discard(_request: ArtistRequest, upload: Upload) -> HttpResponse:
    if upload.status == UploadStatus.COMPLETE:
        raise UploadError(410, "This upload is over. Delete its track instead.")
    uploads.discard(upload=upload)
    return HttpResponse(status=204)


def _number(request: ArtistRequest, header: str) -> int:
    value = request.headers.get(header, "")
    if not NUMBER.fullmatch(value):
        raise UploadError(400, f"{header} has to be a number of bytes.")
    return int(value)


def _metadata(header: str) -> dict[str, str]:
    """`key base64,key base64` as a dictionary. Raises UploadError."""
    pairs = (pair.strip().partition(" ") for pair in header.split(",") if pair.strip())
    try:
        return {key: base64.b64decode(value, validate=True).decode() for key, _, value in pairs}
    except (binascii.Error, UnicodeDecodeError) as error:
        raise UploadError(400, "Upload-Metadata is a list of names and base64 values.") from error


def printable(name: str) -> str:
    """The last part of a path, without control characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter for letter in last if letter.isprintable()).strip()[:LONGEST_NAME]


def _take_form(request: ArtistRequest) -> HttpResponse:
    """Files of a form, each by the same way as those in pieces; a refused one does not hold up the others."""
    casset = editor.casset_of(request, request.POST.get("casset"))
    refusals: list[UploadError] = []
    files = request.FILES.getlist("files")
    for file in files:
        try:
            _take(casset, printable(file.name or "") or "Untitled", file.size or 0, cast("BinaryIO", file))
        except UploadError as refusal:
            refusals.append(refusal)
    if files and len(refusals) < len(files):
        for refused in refusals:
            messages.error(request, str(refused))
        return redirect("studio:casset-edit", casset.pk)
    status = refusals[0].status if refusals else editor.UNPROCESSABLE
    sentences = [str(refused) for refused in refusals] or ["Choose one or more audio files first."]
    return editor.page(request, casset, upload_refusals=sentences, status=status)


def _take(casset: Casset, name: str, size: int, body: BinaryIO) -> None:
    begun = uploads.begin(casset=casset, filename=name, size=size)
    try:
        uploads.append(upload=begun, offset=0, body=body)
    except UploadError:
        uploads.discard(upload=begun)
        raise
