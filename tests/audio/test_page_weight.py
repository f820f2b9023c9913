"""What a first visit loads, compressed, stays within its budgets: HTML, styles and scripts."""

import gzip
import random
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import brotli
import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from accounts.models import Artist
from audio.models import Casset, Track
from casset_site import importmap
from tests import make

pytestmark = pytest.mark.django_db

CARDS = 24  # of a full page of the feed
# kB of 1000 bytes; pages as sent (gzip), files as collected (brotli).
MOST = {"html": 15.0, "css": 20.0, "js": 45.0}
IMPORT = re.compile(r"""(?:\bfrom|^import|;import)\s*["'](casset/[\w/-]+)["']""", re.MULTILINE)


class Assets(HTMLParser):
    """Addresses of the styles and scripts that a page loads by itself."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.styles: set[str] = set()
        self.scripts: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "link" and values.get("rel") == "stylesheet":
            self.styles.add(values["href"])
        if (tag == "link" and values.get("rel") == "modulepreload") or (tag == "script" and "src" in values):
            self.scripts.add(values.get("href") or values["src"])


@cache
def source(address: str) -> Path:
    found = finders.find(address.removeprefix("/static/"))
    assert isinstance(found, str), address
    return Path(found)


def with_imports(addresses: set[str]) -> set[str]:
    """These modules and what they import, and so on; dynamic imports come later and do not count."""
    known, waiting = set(), set(addresses)
    paths = importmap.names()
    while waiting:
        address = waiting.pop()
        known.add(address)
        names = IMPORT.findall(source(address).read_text(encoding="utf-8"))
        waiting |= {f"/static/{paths[name]}" for name in names} - known
    return known


def compressed_kb(addresses: set[str]) -> float:
    return sum(len(brotli.compress(source(address).read_bytes())) for address in addresses) / 1000


@pytest.fixture
def casset(ana: Artist) -> Casset:
    """A full feed, and in front of it a casset of ten tracks; names, covers and peaks as various as real ones."""
    chance = random.Random(6)
    for number in range(CARDS):
        newest = make.casset(
            ana,
            f"{chance.choice(['Slow', 'Night', 'Paper'])} {chance.choice(['Rooms', 'Tides', 'Maps'])} {number}",
            published=True,
            tracks=10 if number == CARDS - 1 else 1,
            cover=chance.randbytes(16).hex(),
            cover_color="#aa3311",
        )
    for row in Track.objects.all():
        row.peaks = bytes(min(255, int(abs(chance.gauss(150, 40)))) for _ in range(800))
        row.spectrum = chance.randbytes(32).hex()
        row.save(update_fields=["peaks", "spectrum"])
    return newest


@pytest.mark.parametrize(
    "name",
    [
        "home",
        "artist",
        "casset",
        "track",
        "sign in",
    ],
)
def test_a_first_visit_stays_light(name: str, visitor: Client, casset: Casset) -> None:
    addresses = {
        "home": "/",
        "artist": casset.artist.get_absolute_url(),
        "casset": casset.get_absolute_url(),
        "track": casset.tracks.first().get_absolute_url(),
        "sign in": "/accounts/login/",
    }
    page = visitor.get(addresses[name])
    assert page.status_code == 200
    assets = Assets(page.text)
    weights = {
        "html": len(gzip.compress(page.content, 6)) / 1000,
        "css": compressed_kb(assets.styles),
        "js": compressed_kb(with_imports(assets.scripts)),
    }
    assert assets.styles
    assert assets.scripts
    assert not {kind for kind, weight in weights.items() if weight > MOST[kind]}, weights
