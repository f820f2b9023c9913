"""What the public pages show, read with a constant number of queries."""

from django.db.models import Count, Prefetch, Q, QuerySet
from django.db.models.functions import Lower

from audio.models import Casset, CassetStatus, Tag, Track

SORTS: dict[str, tuple[str | Lower, ...]] = {"new": ("-published_at", "-pk"), "title": (Lower("title"), "pk")}


def cassets_for_cards(cassets: QuerySet[Casset]) -> QuerySet[Casset]:
    """With artist, tags, and the first finished track as `lead_tracks`: three queries for any number."""
    leads = Track.objects.ready().with_casset().order_by("casset_id", "position", "pk").distinct("casset_id")
    return cassets.select_related("artist").prefetch_related(
        "tags", Prefetch("tracks", queryset=leads, to_attr="lead_tracks")
    )


def browse(*, tag: str, sort: str) -> QuerySet[Casset]:
    cassets = Casset.objects.published()
    if tag:
        cassets = cassets.filter(tags__slug=tag)
    return cassets_for_cards(cassets.order_by(*SORTS.get(sort, SORTS["new"])))


def tags_in_use(limit: int = 30) -> QuerySet[Tag]:
    """Tags of published cassets, the most used first, each with its `count`."""
    published = Q(cassets__status=CassetStatus.PUBLISHED)
    return (
        Tag.objects.annotate(count=Count("cassets", filter=published))
        .filter(count__gt=0)
        .order_by("-count", "name")[:limit]
    )
