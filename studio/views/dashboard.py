"""The studio's first page: everything that the artist has made."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from studio import queries
from studio.requests import ArtistRequest, artist_required


@require_safe
@artist_required
def dashboard(request: ArtistRequest) -> HttpResponse:
    cassets = list(queries.shelf(request.artist))
    context = {
        "artist": request.artist,
        "cassets": cassets,
        "out": sum(casset.is_published for casset in cassets),
        "plays": sum(casset.plays for casset in cassets),  # type: ignore[attr-defined]
    }
    return render(request, "studio/dashboard.html", context)
