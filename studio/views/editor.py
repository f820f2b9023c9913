"""The casset's page in the studio, which several acts answer with when something has to be looked at again."""

import re
import time

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from audio.models import Casset
from audio.services import streams
from studio import queries
from studio.forms import CassetForm, ImportForm
from studio.requests import ArtistRequest

UNPROCESSABLE = 422
NUMBER = re.compile(r"\d{1,18}")  # longer ones are no row's, and Python refuses to read them at some length


def casset_of(request: ArtistRequest, pk: int | str | None) -> Casset:
    """One of the artist's own cassets; 404 for anything else."""
    own = Casset.objects.owned_by(request.user).select_related("artist")
    return get_object_or_404(own, pk=pk if NUMBER.fullmatch(str(pk)) else None)


def board_of(request: ArtistRequest, casset: Casset) -> queries.Board:
    """The casset's board, its finished tracks playable."""
    board = queries.board(casset)
    streams.attach(board.tracks, user=request.user, listener=request.listener, now=time.time())
    return board


def page(request: ArtistRequest, casset: Casset, *, status: int = 200, **context: object) -> HttpResponse:
    """The whole page; `context` puts bound forms and refusals in place of what is shown otherwise."""
    context = {
        "casset": casset,
        "board": board_of(request, casset),
        "form": context.get("form") or CassetForm.of(casset),
        "import_form": context.get("import_form") or ImportForm(),
        "max_bytes": settings.UPLOAD_MAX_BYTES,
        "chunk_bytes": settings.UPLOAD_CHUNK_BYTES,
        **context,
    }
    return render(request, "studio/casset.html", context, status=status)
