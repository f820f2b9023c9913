"""Without PostgreSQL, or with its connections cut, the site says so kindly and is back by itself."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.conftest import Backends
from tests.site import server

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site(tmp_path: Path, backends: Backends) -> Iterator[server.Site]:
    with server.running(tmp_path, server.environment()) as running:
        yield running


def test_a_site_whose_database_is_away_is_alive_and_not_ready(tmp_path: Path) -> None:
    nowhere = server.environment(DATABASE_URL="postgresql://casset@/casset?host=/tmp/casset-no-such-folder")
    with server.running(tmp_path, nowhere) as site:
        assert site.get("/healthz").status == 200
        ready = site.get("/readyz")
        assert (ready.status, json.loads(ready.body)["database"]) == (503, "away")
        page = site.get("/?t=secret")
        assert page.status == 500
        assert b"chewed the tape" in page.body
        assert b"Traceback" not in page.body
        assert "x-request-id" in page.headers
        assert "secret" not in site.text


def test_after_the_database_cut_every_connection_the_site_is_back(
    site: server.Site, backends: Backends
) -> None:
    assert site.get("/browse/").status == 200
    assert backends.end_new_ones() >= 1
    statuses = [site.get("/browse/").status for _ in range(6)]
    assert statuses[-1] == 200
    assert json.loads(site.get("/readyz").body)["database"] == "ok"


def test_after_the_database_cut_every_connection_no_visitor_notices(
    site: server.Site, backends: Backends
) -> None:
    assert site.get("/browse/").status == 200
    assert backends.end_new_ones() >= 1
    assert [site.get("/browse/").status for _ in range(3)] == [200] * 3
