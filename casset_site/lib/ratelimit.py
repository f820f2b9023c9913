"""Rate limits, exact under races: Redis counts for all processes in one call.

Without Redis each process counts for itself and allows only its share.
"""

import ipaddress
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string
from prometheus_client import Counter

from casset_site.lib import redis
from casset_site.lib.gcra import Limit, Verdict, gcra

__all__ = [
    "Limit",
    "Verdict",
    "address",
    "by_address",
    "by_user_or_address",
    "check",
    "limited",
]

P = ParamSpec("P")
R = TypeVar("R", bound=HttpRequest)
View = Callable[Concatenate[R, P], HttpResponseBase]

MEMORY_KEYS = 10_000
refusals = Counter("casset_rate_limited_total", "Requests answered with 429, by limit.", ["name"])


# `gcra` again, on the server's clock. Microseconds since 1970 fit Lua's numbers (2^53) until the year 2255.
SCRIPT = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local step, depth = tonumber(ARGV[1]), tonumber(ARGV[2])
local start = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now)
local after = start + step
local early = after - depth * step - now
if early > 0 then
    return {0, 0, math.ceil(early / 1000), math.ceil((start - now) / 1000)}
end
redis.call('SET', KEYS[1], string.format('%.0f', after), 'PX', math.ceil((after - now) / 1000) + 1000)
return {1, math.floor(-early / step), 0, math.ceil((after - now) / 1000)}
"""


class Memory:
    """TATs of this process, the least recently used dropped beyond `size`. Thread-safe."""

    def __init__(self, *, size: int = MEMORY_KEYS, clock: Callable[[], float] = time.monotonic) -> None:
        self._size = size
        self._clock = clock
        self._lock = threading.Lock()
        self._tats: OrderedDict[str, int] = OrderedDict()

    def check(self, key: str, limit: Limit) -> Verdict:
        with self._lock:
            verdict, tat = gcra(int(self._clock() * 1_000_000), self._tats.pop(key, 0), limit)
            self._tats[key] = tat
            if len(self._tats) > self._size:
                self._tats.popitem(last=False)
        return verdict


memory = Memory()


def check(key: str, limit: Limit) -> Verdict:
    """Count one call against `key`, shared by all processes."""
    return redis.degrade(lambda: _ask(key, limit), lambda: _fallback(key, limit), what="rate limit")


def address(peer: str, forwarded_for: str = "") -> str:
    """The client's address, given the connection's peer and the X-Forwarded-For header; "" if unknown.

    Each trusted proxy (`settings.TRUSTED_PROXIES` of them, 0 by default) appends whom it heard: what stands
    further left was written by the client and is never believed.
    """
    hops = [*forwarded_for.split(","), peer]
    place = settings.TRUSTED_PROXIES + 1
    for text in (hops[-place] if place <= len(hops) else peer, peer):
        try:
            found = ipaddress.ip_address(text.strip())
        except ValueError:
            continue
        mapped = getattr(found, "ipv4_mapped", None)
        return str(mapped or found)
    return ""


def by_address(request: HttpRequest) -> str:
    """The client's address; of IPv6 the /64, since whoever has one address there has them all."""
    found = address(request.META.get("REMOTE_ADDR") or "", request.headers.get("X-Forwarded-For", ""))
    return str(ipaddress.ip_network(f"{found}/64", strict=False)) if ":" in found else found


def by_user_or_address(request: HttpRequest) -> str:
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return f"user-{user.pk}"
    return by_address(request)


def limited(
    name: str,
    limit: Limit,
    *,
    by: Callable[[HttpRequest], str] = by_user_or_address,
    methods: Collection[str] = (),
) -> Callable[[View[R, P]], View[R, P]]:
    """Decorate a view: calls beyond the limit are answered 429 and never reach it.

    `methods` narrows what counts (`{"POST"}` for a page with a form). Every counted answer tells what is left
    in `RateLimit-*` headers; with two limits on a view, those of the tighter one.
    """

    def decorate(view: View[R, P]) -> View[R, P]:
        if iscoroutinefunction(view):
            raise TypeError("Asking Redis would hold up the event loop: an async view cannot be limited.")

        @wraps(view)
        def wrapper(request: R, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if methods and request.method not in methods:
                return view(request, *args, **kwargs)
            verdict = check(f"{name}:{by(request)}", limit)
            if not verdict.allowed:
                refusals.labels(name).inc()
            response = view(request, *args, **kwargs) if verdict.allowed else too_many(request, verdict)
            return _with_headers(response, verdict, limit)

        return wrapper

    return decorate


def too_many(request: HttpRequest, verdict: Verdict) -> HttpResponse:
    """The 429 answer in the client's form: JSON, a sentence for a fragment, else the page `429.html`."""
    sentence = f"That was a lot at once. Please wait {_in_words(verdict.retry_after_s)} and try again."
    response: HttpResponse
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        response = JsonResponse({"error": sentence, "retry_after_s": verdict.retry_after_s}, status=429)
    else:
        response = _page(request, sentence)
    response.headers["Retry-After"] = str(verdict.retry_after_s)
    response.headers["Cache-Control"] = "no-store"
    return response


def _page(request: HttpRequest, sentence: str) -> HttpResponse:
    fragment = "HX-Request" in request.headers and "HX-Boosted" not in request.headers
    if not fragment:
        try:
            return HttpResponse(render_to_string("429.html", {"message": sentence}, request), status=429)
        except TemplateDoesNotExist:
            pass
    return HttpResponse(sentence, status=429, content_type="text/plain; charset=utf-8")


def _with_headers(response: HttpResponseBase, verdict: Verdict, limit: Limit) -> HttpResponseBase:
    if int(response.headers.get("RateLimit-Remaining", verdict.remaining + 1)) > verdict.remaining:
        response.headers["RateLimit-Limit"] = str(limit.depth)
        response.headers["RateLimit-Remaining"] = str(verdict.remaining)
        response.headers["RateLimit-Reset"] = str(math.ceil(verdict.reset_ms / 1000))
        response.headers["RateLimit-Policy"] = f"{limit.count};w={limit.per_seconds}"
    return response


def _ask(key: str, limit: Limit) -> Verdict:
    script = redis.client().register_script(SCRIPT)
    answer: Any = script(keys=[f"limit:{key}"], args=[limit.step_us, limit.depth])
    allowed, remaining, retry_after_ms, reset_ms = answer
    return Verdict(bool(allowed), remaining, retry_after_ms, reset_ms)


def _fallback(key: str, limit: Limit) -> Verdict:
    return memory.check(key, limit.share(settings.WEB_PROCESSES))


def _in_words(seconds: int) -> str:
    minutes = math.ceil(seconds / 60)
    if seconds < 60:
        return "a second" if seconds <= 1 else f"{seconds} seconds"
    if minutes < 60:
        return "a minute" if minutes == 1 else f"{minutes} minutes"
    hours = math.ceil(minutes / 60)
    return "an hour" if hours == 1 else f"{hours} hours"
