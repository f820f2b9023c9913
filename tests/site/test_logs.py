"""What the web process writes: one line of JSON each, with the request's id, and never a token or a query."""

import json
import logging
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import Artist
from audio.models import Track
from audio.services import files, streams
from casset_site import logs
from tests import make
from tests.site import server

pytestmark = pytest.mark.django_db(transaction=True)
LISTENER = "a" * 32
SECRET = "Secret0123456789" * 2 + "Secret01"  # as long as a token


@pytest.fixture
def playing(ana: Artist) -> Track:
    track = make.casset(ana, published=True).tracks.get()
    row = Track.objects.with_casset().get(pk=track.pk)
    streams.attach([row], user=AnonymousUser(), listener=LISTENER, now=time.time())
    return row


@pytest.fixture
def site(tmp_path: Path, transactional_db: None) -> Iterator[server.Site]:
    with server.running(tmp_path, server.environment()) as running:
        yield running


def test_no_token_and_no_query_is_ever_written(site: server.Site, playing: Track) -> None:
    src = playing.playable["src"]
    token = src.partition("?t=")[2]
    cookie = f"listener={LISTENER}"
    answers = [
        site.get(src, cookie=cookie),
        site.get(src, cookie=cookie, range="bytes=0-9"),
        site.get(src, cookie=f"listener={'b' * 32}"),
        site.get(f"/a/1.mp3?t={SECRET}", cookie=cookie),
        site.get(f"/a/1.mp3?t={SECRET}", "POST"),
        site.get(f"/a/%00.mp3?t={SECRET}"),
        site.get(f"/a-check?t={SECRET}", X_Original_URI=src),
        site.get(f"/no/such/page?t={SECRET}"),
        site.get(f"/browse/?q={SECRET}&tag=%00"),
        site.get(f"/?t={SECRET}", "DELETE"),
        site.get(f"/?t={SECRET}", host="evil.example"),
        site.get(f"/accounts/login/?next=/{SECRET}/", "POST"),
    ]
    statuses = [200, 206, 403, 403, 403, 403, 403, 404, 400, 403, 400, 403]
    assert [answer.status for answer in answers] == statuses
    for word in (token, SECRET, "?", LISTENER):
        assert word not in site.text, word
    assert not any("127.0.0.1" in line["event"] for line in site.lines if line["logger"] != "uvicorn.error")


def test_each_line_of_a_request_has_the_id_that_its_answer_has(site: server.Site) -> None:
    answer = site.get("/no/such/page")
    assert answer.status == 404
    lines = [line for line in site.lines if line["logger"] == "django.request"]
    assert [line["request_id"] for line in lines] == [answer.headers["x-request-id"]]
    for line in site.lines:
        assert {"timestamp", "level", "logger", "event"} <= set(line)
    assert "request_id" not in site.lines[0]  # of the start


def test_a_file_that_is_gone_is_told_as_503_and_logged_by_its_key(site: server.Site, playing: Track) -> None:
    src = playing.playable["src"]
    key = files.rendition_key(playing.preview.sha256)
    Path(files.renditions().path(key)).unlink()
    answer = site.get(src, cookie=f"listener={LISTENER}")
    assert (answer.status, answer.body) == (503, b"")
    assert key in site.text
    assert "Traceback" not in site.text
    assert src.partition("?t=")[2] not in site.text
    assert site.get("/").status == 200


def test_an_error_is_one_line_with_its_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    try:
        logs.configure({"json": True, "level": "INFO"})
        try:
            raise ValueError("inside")
        except ValueError:
            logging.getLogger("audio").exception("It broke")
        (line,) = capsys.readouterr().err.splitlines()
    finally:
        logs.configure({"json": False, "level": "WARNING"})
        root.handlers[:], root.level = before
    told = json.loads(line)
    assert (told["event"], told["level"], told["logger"]) == ("It broke", "error", "audio")
    assert "ValueError: inside" in told["exception"]
