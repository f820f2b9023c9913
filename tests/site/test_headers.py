"""Headers that every answer has, and the policy that lets no foreign or inline code run."""

import base64
import hashlib
import os
import re
import subprocess
import sys

import pytest
from django.test import Client

from accounts.models import Artist
from casset_site import importmap
from social import queries
from tests import make
from tests.site.test_settings import FULL, shown

pytestmark = pytest.mark.django_db
PAGES = ["/", "/browse/", "/accounts/login/", "/accounts/signup/", "/@ana/", "/@ana/side-a/", "/no/such/page"]


@pytest.fixture(autouse=True)
def published(ana: Artist) -> None:
    make.casset(ana, published=True)


def policy(value: str) -> dict[str, list[str]]:
    return {name: words for name, *words in (part.split() for part in value.split(";") if part.strip())}


@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_closed_to_others(page: str, visitor: Client) -> None:
    headers = visitor.get(page).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert re.fullmatch(r"[0-9a-f]{16}", headers["X-Request-Id"])
    rights = headers["Permissions-Policy"]
    for closed in ("camera", "geolocation", "microphone", "usb"):
        assert f"{closed}=()" in rights
    assert "autoplay=(self)" in rights


@pytest.mark.parametrize("page", PAGES)
def test_the_policy_allows_our_own_files_and_one_hash(page: str, visitor: Client) -> None:
    answer = visitor.get(page)
    rules = policy(answer.headers["Content-Security-Policy"])
    assert rules["default-src"] == rules["base-uri"] == rules["frame-ancestors"] == ["'none'"]
    assert rules["script-src"] == ["'self'", importmap.csp_source()]
    assert rules["style-src"] == rules["form-action"] == ["'self'"]
    assert "unsafe" not in str(rules)
    inline = re.findall(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", answer.text, re.DOTALL)
    for script in inline:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in rules["script-src"]
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"", answer.text)


def test_a_question_with_a_nul_ends_before_the_database_and_has_its_headers(visitor: Client) -> None:
    answer = visitor.get("/browse/?tag=a%00b")
    assert answer.status_code == 400
    assert policy(answer.headers["Content-Security-Policy"])["default-src"] == ["'none'"]


def test_the_modules_are_looked_up_once() -> None:
    assert importmap.names() is importmap.names()


def test_each_request_has_an_id_of_its_own(visitor: Client) -> None:
    assert len({visitor.get("/").headers["X-Request-Id"] for _ in range(5)}) == 5


def test_an_id_from_outside_is_not_believed(visitor: Client) -> None:
    sent = "0123456789abcdef"
    assert visitor.get("/", HTTP_X_REQUEST_ID=sent).headers["X-Request-Id"] != sent


def test_files_of_the_site_are_not_sniffed(visitor: Client) -> None:
    answer = visitor.get("/static/js/app.js")
    assert answer.status_code == 200
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_listeners_cookie_is_out_of_reach_for_scripts(visitor: Client) -> None:
    cookie = visitor.get("/").cookies["listener"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert visitor.get("/", secure=True).status_code == 200
    other = Client().get("/", secure=True).cookies["listener"]
    assert other["secure"]


def test_a_broken_page_is_kind_tells_nothing_and_has_its_headers(
    visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the secret inside")

    monkeypatch.setattr(queries, "new_cassets", broken)
    visitor.raise_request_exception = False
    answer = visitor.get("/?t=secret")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert "chewed the tape" in answer.text
    assert "X-Request-Id" in answer.headers
    assert "Content-Security-Policy" in answer.headers


def test_a_form_without_its_token_is_refused_in_words(ana: Artist) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/accounts/login/", {"login": "ana@example.com", "password": make.PASSWORD})
    assert answer.status_code == 403
    assert "_auth_user_id" not in client.session
    assert "<h1" in answer.text


def test_a_strange_host_is_refused(visitor: Client) -> None:
    answer = visitor.get("/", HTTP_HOST="evil.example")
    assert answer.status_code == 400
    assert "evil.example" not in answer.text


PROBE = """
from django.conf import settings
settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
import django; django.setup()
from django.test import Client
def show(answer): print(answer.status_code, sorted((k, v) for k, v in answer.headers.items()))
show(Client().get("/healthz", secure=True, HTTP_HOST="casset.example"))
show(Client().get("/healthz", HTTP_HOST="casset.example"))
show(Client().get("/browse/?a=b", HTTP_HOST="casset.example"))
show(Client().get("/healthz", HTTP_X_FORWARDED_PROTO="https", HTTP_HOST="casset.example"))
"""


def test_production_insists_on_encryption() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROBE],
        env={**os.environ, **FULL, "DJANGO_SETTINGS_MODULE": "casset_site.settings.production"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    secure, plain, page, proxied = done.stdout.splitlines()
    strict = "max-age=31536000; includeSubDomains; preload"
    assert secure.startswith("200")
    assert strict in secure
    assert strict in proxied
    assert plain.startswith("200")  # the front server's own health checks come without TLS
    assert strict not in plain
    assert page.startswith("301")
    assert "https://casset.example/browse/?a=b" in page


def test_a_media_host_is_allowed_for_pictures_and_data_only() -> None:
    rules = shown("CONTENT_SECURITY_POLICY")["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]
    allowed = {name for name, sources in rules.items() if FULL["MEDIA_URL"] in sources}
    assert allowed == {"img-src", "connect-src"}
