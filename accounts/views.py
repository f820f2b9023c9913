"""Pages about oneself. Sign-up, sign-in, addresses and passwords are allauth's; see accounts.urls."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import views as allauth
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.entry_forms import AddEmailForm, SignUpForm
from accounts.forms import ArtistForm, ProfileForm
from accounts.models import Artist
from accounts.requests import MemberRequest
from accounts.services import artists, profiles, sessions
from accounts.services.refusals import AccountError, refusing
from casset_site.lib import pictures
from casset_site.lib.ratelimit import limited

View = Callable[..., HttpResponseBase]
RETRY_AFTER_S = 60  # allauth counts most of its limits by the minute


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@limited("picture", pictures.RATE, methods={"POST"})
def profile(request: MemberRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            profiles.edit(user=request.user, **form.cleaned_data)
        except AccountError as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, "Your profile is saved.")
            return redirect("accounts:profile")
    return _form_page(request, "accounts/profile.html", form)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@limited("picture", pictures.RATE, methods={"POST"})
def artist_open(request: MemberRequest) -> HttpResponse:
    if Artist.objects.owned_by(request.user).exists():
        return redirect("accounts:artist-edit")
    form = ArtistForm(request.POST or None, request.FILES or None, user=request.user, artist=None)
    if request.method == "POST" and form.is_valid():
        try:
            artist = artists.open_page(user=request.user, **form.cleaned_data)
        except AccountError as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, f"{artist.name} has a page now. Time to put music on it.")
            return redirect("studio:dashboard")
    return _form_page(request, "accounts/artist_form.html", form)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@limited("picture", pictures.RATE, methods={"POST"})
def artist_edit(request: MemberRequest) -> HttpResponse:
    artist = get_object_or_404(Artist.objects.owned_by(request.user).select_related("user"))
    form = ArtistForm(request.POST or None, request.FILES or None, user=request.user, artist=artist)
    if request.method == "POST" and form.is_valid():
        try:
            artists.edit(artist=artist, **form.cleaned_data)
        except AccountError as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, "Your artist page is saved.")
            return redirect("accounts:artist-edit")
    return _form_page(request, "accounts/artist_form.html", form, artist=artist)


@require_POST
@login_required
def sign_out_elsewhere(request: MemberRequest) -> HttpResponse:
    """End all sessions of the user but this one, which gets a new key."""
    sessions.sign_out_everywhere(user=request.user)
    update_session_auth_hash(request, request.user)
    messages.success(request, "Every other device is signed out.")
    return redirect("accounts:profile")


class SignUpView(allauth.SignupView):  # type: ignore[misc]  # allauth has no types
    """allauth's; and whoever loses a race for a handle or an address gets the form back, with the reason."""

    form_class = SignUpForm

    def form_valid(self, form: SignUpForm) -> HttpResponse:
        try:
            response: HttpResponse = super().form_valid(form)
        except AccountError as refusal:
            form.add_error("username" if refusal.field == "handle" else refusal.field, str(refusal))
            response = self.form_invalid(form)
        return response


address_book = allauth.EmailView.as_view(form_class=AddEmailForm)


def emails(request: HttpRequest) -> HttpResponseBase:
    """allauth's page of addresses. An unconfirmed one may turn out to be the primary of another account."""
    try:
        with refusing():
            response: HttpResponseBase = address_book(request)
    except AccountError:
        messages.error(request, "Another account has this address. Please use a different one.")
        return redirect("account_email")
    return response


def with_statuses(view: View) -> View:
    """allauth answers a refused form with 200: say 422. And tell whoever was too fast when to come back."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        form = (getattr(response, "context_data", None) or {}).get("form")
        if response.status_code == 200 and isinstance(form, BaseForm) and form.is_bound and form.errors:
            response.status_code = 422
        if response.status_code == 429:
            wait = response.headers.get("Retry-After", str(RETRY_AFTER_S))
            response = render(request, "account/too_fast.html", status=429)
            response.headers["Retry-After"] = wait
        return response

    return wrapped


def _form_page(request: MemberRequest, template: str, form: BaseForm, **context: Any) -> HttpResponse:
    status = 422 if form.is_bound and form.errors else 200
    return render(request, template, {"form": form, **context}, status=status)
