"""A casset's address, tags, and its way into the open and back."""

import io

import pytest
from PIL import Image

from accounts.models import Artist
from audio.models import Casset, CassetStatus, Tag, Track, TrackStatus
from audio.services import cassets, tracks
from casset_site.lib.pictures import PictureRejected
from tests import make

pytestmark = pytest.mark.django_db


def status_of(casset: Casset) -> str:
    return Casset.objects.values_list("status", flat=True).get(pk=casset.pk)


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Side A", "side-a"),
        ("  Été à la mer!  ", "ete-a-la-mer"),
        ("夜明け", "casset"),
        ("---", "casset"),
        ("x" * 120, "x" * 80),
        ("../../etc/passwd", "etcpasswd"),
    ],
)
def test_the_address_is_the_title_in_plain_letters(title: str, slug: str, ana: Artist) -> None:
    assert cassets.create(artist=ana, title=title).slug == slug


def test_one_artist_has_a_title_once_and_two_artists_may_share_it(ana: Artist, max_: Artist) -> None:
    first = cassets.create(artist=ana, title="Side A", tags=["lofi"])
    with pytest.raises(cassets.CassetError, match="You have a casset with this title already"):
        cassets.create(artist=ana, title="side  a", tags=["house"])
    assert Casset.objects.get() == first
    assert not Tag.objects.filter(slug="house").exists()
    assert cassets.create(artist=max_, title="Side A").slug == "side-a"


def test_a_taken_title_changes_nothing_when_editing(ana: Artist) -> None:
    make.casset(ana, "Side A")
    other = cassets.create(artist=ana, title="Side B", notes="Words.", tags=["lofi"])
    with pytest.raises(cassets.CassetError):
        cassets.edit(casset=other, title="Side A", notes="", tags=[])
    other.refresh_from_db()
    assert (other.title, other.slug, other.notes) == ("Side B", "side-b", "Words.")
    assert [tag.slug for tag in other.tags.all()] == ["lofi"]


def test_the_address_follows_the_title_until_the_first_publication(ana: Artist) -> None:
    casset = make.casset(ana, "Side A", tracks=1)
    casset = cassets.edit(casset=casset, title="Side B", notes="", tags=[])
    assert casset.slug == "side-b"
    cassets.publish(casset=casset)
    casset.refresh_from_db()
    casset = cassets.edit(casset=casset, title="Side C", notes="", tags=[])
    assert (casset.title, casset.slug) == ("Side C", "side-b")
    cassets.unpublish(casset=casset)
    casset = cassets.edit(casset=casset, title="Side D", notes="", tags=[])
    assert casset.slug == "side-b"


def test_tags_are_few_and_each_once(ana: Artist) -> None:
    names = ["Lo-Fi", "lo fi", "", "!!!", " AMBIENT ", *(f"tag {n}" for n in range(20))]
    casset = cassets.create(artist=ana, title="Side A", tags=names)
    slugs = sorted(tag.slug for tag in casset.tags.all())
    assert len(slugs) == cassets.MOST_TAGS
    assert slugs[:2] == ["ambient", "lo-fi"]
    cassets.edit(casset=casset, title="Side A", notes="", tags=["ambient"])
    assert [tag.name for tag in casset.tags.all()] == ["ambient"]


def test_publishing_twice_is_publishing_once(ana: Artist) -> None:
    casset = make.casset(ana, tracks=1)
    cassets.publish(casset=casset)
    casset.refresh_from_db()
    assert casset.is_published
    first = casset.published_at
    assert first is not None
    cassets.publish(casset=casset)
    casset.refresh_from_db()
    assert casset.published_at == first


def test_a_withdrawn_casset_keeps_the_date_it_first_came_out(ana: Artist) -> None:
    casset = make.casset(ana, published=True)
    first = casset.published_at
    for _ in range(2):
        cassets.unpublish(casset=casset)
        assert status_of(casset) == CassetStatus.DRAFT
    cassets.publish(casset=casset)
    casset.refresh_from_db()
    assert (casset.status, casset.published_at) == (CassetStatus.PUBLISHED, first)


@pytest.mark.parametrize(
    ("states", "sentence"),
    [
        ([], "Add at least one track"),
        ([TrackStatus.READY, TrackStatus.UPLOADED], "still being processed"),
        ([TrackStatus.READY, TrackStatus.PROCESSING], "still being processed"),
        ([TrackStatus.READY, TrackStatus.REJECTED], "could not be used"),
    ],
)
def test_an_unfinished_casset_stays_a_draft(states: list[str], sentence: str, ana: Artist) -> None:
    casset = make.casset(ana)
    for state in states:
        track = make.track(casset)
        Track.objects.filter(pk=track.pk).update(status=state)
    with pytest.raises(cassets.CassetError, match=sentence):
        cassets.publish(casset=casset)
    casset.refresh_from_db()
    assert (casset.status, casset.published_at) == (CassetStatus.DRAFT, None)


def test_a_casset_in_the_archive_is_not_published_in_silence(ana: Artist) -> None:
    casset = make.casset(ana, tracks=1)
    Casset.objects.update(status=CassetStatus.ARCHIVED)
    with pytest.raises(cassets.CassetError, match="archive"):
        cassets.publish(casset=casset)
    assert status_of(casset) == CassetStatus.ARCHIVED
    cassets.unpublish(casset=casset)
    assert status_of(casset) == CassetStatus.ARCHIVED


def test_the_totals_count_finished_tracks_only(ana: Artist) -> None:
    casset = make.casset(ana)
    make.track(casset, seconds=60)
    make.track(casset, seconds=90)
    make.track(casset, ready=False)
    cassets.refresh_totals(casset.pk)
    casset.refresh_from_db()
    assert (casset.track_count, casset.duration_ms) == (2, 150_000)
    tracks.remove(track=casset.tracks.first())
    casset.refresh_from_db()
    assert (casset.track_count, casset.duration_ms) == (1, 90_000)


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n" + b"0" * 50, b"<svg/>"])
def test_a_cover_that_is_no_picture_is_not_stored(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("casset_site.lib.pictures.store")
    with pytest.raises(PictureRejected):
        cassets.store_cover(io.BytesIO(data))


def test_a_cover_gives_its_colour_too(ana: Artist) -> None:
    image = io.BytesIO()
    Image.new("RGB", (800, 800), "#c04020").save(image, "JPEG")
    image.seek(0)
    casset = cassets.set_cover(casset=make.casset(ana), picture=cassets.store_cover(image))
    casset.refresh_from_db()
    assert len(casset.cover) >= 32
    assert casset.cover_color.startswith("#")
