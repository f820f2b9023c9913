"""Own JavaScript modules in pages, and values as attributes."""

import json

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from casset_site import importmap as import_map

register = template.Library()


@register.simple_tag
def importmap() -> SafeString:
    """The import map; it has to stand before the first module."""
    return format_html('<script type="importmap">{}</script>', mark_safe(import_map.text()))  # noqa: S308  (own JSON, "<" escaped)


@register.simple_tag
def modulepreload(*names: str) -> SafeString:
    """`{% modulepreload "player/index" "nav" %}`: fetch modules before their importers are parsed."""
    paths = import_map.names()
    rows = ((static(paths[f"casset/{name}"]),) for name in names)
    return format_html_join("\n", '<link rel="modulepreload" href="{}">', rows)


@register.filter
def json_attr(value: object) -> str:
    """A value for a data-* attribute; autoescaping does the quoting."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
