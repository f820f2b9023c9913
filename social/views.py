"""The feed."""

import time

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.requests import VisitorRequest
from audio.services import streams
from social import queries

LAST_PAGE = 400


@require_safe
def home(request: VisitorRequest) -> HttpResponse:
    """New cassets; the newest one greets first visitors and plays at once."""
    asked = request.GET.get("page", "1")
    page = min(max(int(asked), 1), LAST_PAGE) if asked.isdecimal() and len(asked) < 6 else 1
    cassets, more = queries.new_cassets(page=page)
    streams.attach_leads(cassets, user=request.user, listener=request.listener, now=time.time())
    context = {
        "cassets": cassets,
        "spotlight": next((row for row in cassets if row.lead), None) if page == 1 else None,  # type: ignore[attr-defined]
        "page": page,
        "next_page_url": f"{reverse('social:home')}?page={page + 1}" if more else "",
    }
    return render(request, "social/home.html", context)
