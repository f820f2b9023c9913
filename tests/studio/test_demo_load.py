"""Loading the demo: through the real pipeline, once, and on from where it stopped."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from accounts.models import Artist, User
from audio.models import AccessGrant, Casset, CassetStatus, Rendition, Track, TrackStatus
from studio.demo import catalogue as demo
from studio.demo import load
from studio.demo.catalogue import CATALOGUE, ArtistEntry, TrackEntry

FULL = next(artist for artist in CATALOGUE if artist.handle == "bit-orchard")
SHORT = (TrackEntry("First Level", lyrics="One line."), TrackEntry("Last Level", premium_only=True))
MINI: ArtistEntry = replace(
    FULL,
    cassets=(
        replace(FULL.cassets[0], tracks=tuple(replace(track, seconds=14) for track in SHORT)),
        replace(FULL.cassets[1], days_ago=0, tracks=(replace(SHORT[0], seconds=14),)),
    ),
)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for the module: each piece is pressed once."""
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(autouse=True)
def _same_cache(kept: Path, settings: Any) -> None:
    settings.DATA_DIR = kept


def _load() -> list[str]:
    said: list[str] = []
    load.load(say=said.append, catalogue=(MINI,))
    return said


def test_it_goes_through_the_pipeline_and_a_second_time_changes_nothing() -> None:
    said = _load()
    assert len(said) == 1 and said[0].startswith("Bit Orchard: 2 cassets, 3 tracks")
    released = Casset.objects.get(title="Insert Fruit")
    assert (
        released.status == CassetStatus.PUBLISHED and released.track_count == 2 and len(released.cover) == 32
    )
    assert Casset.objects.get(title="Pause Menu").status == CassetStatus.DRAFT
    first, last = released.tracks.in_order()
    assert (first.title, first.lyrics, last.premium_only) == ("First Level", "One line.", True)
    for track in Track.objects.all():
        assert track.status == TrackStatus.READY and len(track.peaks) == 800 and track.spectrum
        assert track.codec == "flac" and track.credits == MINI.credit
        assert track.stream.length_samples == track.duration_samples
    assert Artist.objects.get().avatar
    assert User.objects.get(email=demo.LISTENER_EMAIL).check_password(demo.PASSWORD)
    assert User.objects.get(email=demo.STAFF_EMAIL).is_staff
    before = (
        list(Track.objects.values_list("pk", "updated_at")),
        Rendition.objects.count(),
        User.objects.count(),
    )

    assert _load() == []
    assert before == (
        list(Track.objects.values_list("pk", "updated_at")),
        Rendition.objects.count(),
        User.objects.count(),
    )


def test_after_a_crash_it_goes_on_where_it_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    finish, calls = load.ingest.finish, []

    def crash(*args: object) -> None:
        calls.append(args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        finish(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(load.ingest, "finish", crash)
    with pytest.raises(KeyboardInterrupt):
        _load()
    done = Track.objects.get(status=TrackStatus.READY)
    assert not User.objects.filter(email=demo.LISTENER_EMAIL).exists()

    monkeypatch.setattr(load.ingest, "finish", finish)
    _load()
    assert Track.objects.get(pk=done.pk).updated_at == done.updated_at
    assert list(
        Casset.objects.get(title="Insert Fruit").tracks.in_order().values_list("title", "status")
    ) == [
        ("First Level", TrackStatus.READY),
        ("Last Level", TrackStatus.READY),
    ]


def test_the_listener_holds_what_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        demo, "LISTENER_SHELF", (("bit-orchard", "Insert Fruit"), ("bit-orchard", "Pause Menu"))
    )
    _load()
    grants = AccessGrant.objects.active().select_related("user", "casset")
    assert [(grant.user.email, grant.casset.title) for grant in grants] == [
        (demo.LISTENER_EMAIL, "Insert Fruit")
    ]


def test_pressings_of_earlier_code_are_dropped(kept: Path) -> None:
    stale = kept / "demo-cache" / "00" / "stale"
    stale.mkdir(parents=True)
    (stale / "facts.json").write_text("{}")
    _load()
    assert not stale.exists()
    assert len(list((kept / "demo-cache").glob("??/*/facts.json"))) == 3


def test_the_command_says_when_there_is_nothing_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    _load()
    call_command("load_demo")
    assert "loaded already" in capsys.readouterr().out
