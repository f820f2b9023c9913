"""Requests as views see them, after the middleware: typed."""

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import User


class VisitorRequest(HttpRequest):
    """Anybody. `listener` is the device's id, 32 hexadecimal digits."""

    user: User | AnonymousUser
    htmx: HtmxDetails
    listener: str


class MemberRequest(VisitorRequest):
    """Somebody signed in (`login_required`)."""

    user: User
