"""Titles from file names, and addresses from titles."""

import re
from collections.abc import Container
from itertools import count
from pathlib import PurePath

from django.utils.text import slugify

LONGEST = 80


def slug(title: str, *, fallback: str) -> str:
    """The address part of a title; titles without Latin letters get the fallback and a number from `free`."""
    return slugify(title)[:LONGEST].strip("-") or fallback


def free(wanted: str, taken: Container[str]) -> str:
    """`wanted`, or `wanted-2`, `wanted-3`… if it is taken."""
    if wanted not in taken:
        return wanted
    numbered = (f"{wanted[: LONGEST - 5]}-{number}" for number in count(2))
    return next(name for name in numbered if name not in taken)


def title_from(filename: str) -> str:
    """ "03 - Paper_Lanterns (final).wav" becomes "Paper Lanterns (final)"."""
    stem = PurePath(filename.replace("\\", "/")).stem
    words = re.sub(r"[_\s]+", " ", stem).strip()
    without_number = re.sub(r"^\d{1,3}\s*[-.)]?\s+", "", words)
    return (without_number or words)[:120] or "Untitled"
