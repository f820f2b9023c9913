"""Pictures and lengths in templates."""

from django import template

from audio.models import Casset
from casset_site.lib import pictures

register = template.Library()


@register.filter
def cover_url(casset: Casset, width: int) -> str:
    """Address of the cover at least `width` pixels wide; "" when there is none."""
    return pictures.url(casset.cover, "covers", _made(width))


@register.filter
def duration(ms: int | None) -> str:
    """3:34, or 1:02:03 from an hour on."""
    seconds = (ms or 0) // 1000
    minutes, rest = divmod(seconds, 60)
    hours, minutes_left = divmod(minutes, 60)
    return f"{hours}:{minutes_left:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _made(width: int) -> int:
    """The smallest width that covers are made in and that is wide enough."""
    widths = pictures.SHAPES["cover"].widths
    return min((made for made in widths if made >= width), default=max(widths))
