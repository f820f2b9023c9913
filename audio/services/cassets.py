"""Making, editing, publishing and withdrawing a casset."""

from collections import Counter
from collections.abc import Iterable
from typing import BinaryIO

from django.db import IntegrityError, transaction
from django.db.models import Count, F, ProtectedError, Q, Sum
from django.db.models.functions import Coalesce, Now
from django.utils import timezone
from django.utils.text import slugify

from accounts.models import Artist
from audio.models import SAMPLE_RATE, Casset, CassetStatus, Rendition, Tag, Track, TrackStatus
from audio.services import files, names, renditions
from casset_site.lib import pictures
from casset_site.lib.pictures import Picture
from casset_site.lib.states import Transitions

MOST_TAGS = 8
STATES = Transitions(
    {
        CassetStatus.DRAFT: {CassetStatus.PUBLISHED, CassetStatus.ARCHIVED},
        CassetStatus.PUBLISHED: {CassetStatus.DRAFT, CassetStatus.ARCHIVED},
        CassetStatus.ARCHIVED: {CassetStatus.DRAFT},
    }
)


class CassetError(Exception):
    """What the artist asked for cannot be done; the message says why, in their words."""


def create(*, artist: Artist, title: str, notes: str = "", tags: Iterable[str] = ()) -> Casset:
    """A new draft. Raises CassetError if the artist has a casset of this title."""
    try:
        with transaction.atomic():
            slug = _free_slug(artist, title)
            casset = Casset.objects.create(artist=artist, title=title, slug=slug, notes=notes)
            _set_tags(casset, tags)
    except IntegrityError as error:
        raise _explained(error) from error
    return casset


def edit(*, casset: Casset, title: str, notes: str, tags: Iterable[str]) -> Casset:
    """Change a casset's words. Its address stays once it was published, so that shared links live on."""
    fields: dict[str, object] = {"title": title, "notes": notes, "updated_at": timezone.now()}
    try:
        with transaction.atomic():
            if casset.published_at is None and title != casset.title:
                fields["slug"] = _free_slug(casset.artist, title, besides=casset.pk)
            Casset.objects.filter(pk=casset.pk).update(**fields)
            _set_tags(casset, tags)
    except IntegrityError as error:
        raise _explained(error) from error
    casset.refresh_from_db()
    return casset


def store_cover(file: BinaryIO) -> Picture:
    """Decode and store a cover. Not within a transaction. Raises pictures.PictureRejected."""
    picture = pictures.read(file, "cover")
    pictures.store(picture, "covers")
    return picture


def set_cover(*, casset: Casset, picture: Picture) -> Casset:
    """Put a stored cover on the casset."""
    casset.cover, casset.cover_color = picture.hash, picture.color
    casset.save(update_fields=["cover", "cover_color", "updated_at"])
    return casset


def publish(*, casset: Casset) -> None:
    """Raises CassetError unless every track is finished and there is at least one."""
    with transaction.atomic(durable=True):
        locked = Casset.objects.locked().get(pk=casset.pk)
        if locked.is_published:
            return
        if reason := obstacle(locked.tracks.values_list("status", flat=True)):
            raise CassetError(reason)
        published = {"published_at": Coalesce(F("published_at"), Now())}
        draft, out = CassetStatus.DRAFT, CassetStatus.PUBLISHED
        if not STATES.move(Casset, casset.pk, expect=draft, to=out, **published):
            raise CassetError("This casset is in the archive. Bring it back before you publish it.")


def obstacle(statuses: Iterable[str]) -> str:
    """Why a casset with tracks in these states cannot be published yet; "" if nothing stands against it."""
    counts = Counter(statuses)
    if pending := counts[TrackStatus.UPLOADED] + counts[TrackStatus.PROCESSING]:
        return f"{pending} track{'s are' if pending > 1 else ' is'} still being processed."
    if rejected := counts[TrackStatus.REJECTED]:
        return (
            f"{rejected} file{'s' if rejected > 1 else ''} could not be used. Remove or replace them first."
        )
    return "" if counts[TrackStatus.READY] else "Add at least one track first."


def unpublish(*, casset: Casset) -> None:
    """Back to a draft: page and sound are the artist's alone again, at once. Doing it twice is doing it once."""
    with transaction.atomic(durable=True):
        Casset.objects.locked().get(pk=casset.pk)
        if STATES.move(Casset, casset.pk, expect=CassetStatus.PUBLISHED, to=CassetStatus.DRAFT):
            renditions.renew(casset)


def remove(*, casset: Casset) -> None:
    """Delete a draft with its tracks and files. Raises CassetError for what is out, or what somebody has collected."""
    try:
        with transaction.atomic(durable=True):
            locked = Casset.objects.locked().filter(pk=casset.pk).first()
            if locked is None:
                return
            if locked.is_published:
                raise CassetError("This casset is out. Take it back first.")
            originals = list(locked.tracks.values_list("original_key", flat=True))
            renditions.withdraw(Rendition.objects.filter(track__casset=locked))
            locked.delete()
    except ProtectedError as error:
        raise CassetError("Somebody has collected this casset, so it has to stay.") from error
    for key in originals:
        files.delete_original(key)


def refresh_totals(casset_id: int) -> None:
    """Keep the number and length of finished tracks on the casset. The caller's transaction holds its lock."""
    ready = Q(status=TrackStatus.READY)
    sums = Track.objects.filter(casset_id=casset_id).aggregate(
        count=Count("pk", filter=ready), samples=Coalesce(Sum("duration_samples", filter=ready), 0)
    )
    Casset.objects.filter(pk=casset_id).update(
        track_count=sums["count"], duration_ms=sums["samples"] * 1000 // SAMPLE_RATE
    )


def _free_slug(artist: Artist, title: str, *, besides: int = 0) -> str:
    """The title's address among the artist's others. Raises CassetError if one of them has this very title."""
    others = dict(artist.cassets.exclude(pk=besides).values_list("slug", "title"))
    if _plain(title) in map(_plain, others.values()):
        raise CassetError("You have a casset with this title already.")
    return names.free(names.slug(title, fallback="casset"), others)


def _plain(title: str) -> str:
    return " ".join(title.casefold().split())


def _set_tags(casset: Casset, tags: Iterable[str]) -> None:
    wanted = {slugify(name, allow_unicode=True)[:30]: name.strip().lower()[:30] for name in tags}
    wanted.pop("", None)
    rows = [Tag(slug=slug, name=name) for slug, name in sorted(wanted.items())[:MOST_TAGS]]
    Tag.objects.bulk_create(rows, ignore_conflicts=True)
    casset.tags.set(Tag.objects.filter(slug__in=[row.slug for row in rows]))


def _explained(error: IntegrityError) -> CassetError:
    if "casset_slug_unique_per_artist" in str(error):
        return CassetError("You have a casset with this title already.")
    raise error
