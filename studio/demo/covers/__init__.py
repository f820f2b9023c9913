"""Covers and portraits made by code: one visual system and palette per artist, as if by one hand."""

from PIL import Image

from studio.demo.covers.avatars import portrait
from studio.demo.covers.sheet import Palette
from studio.demo.covers.systems import SYSTEMS, Job


def draw(system: str, job: Job) -> Image.Image:
    """A square RGB cover of 1400 px, always the same for the same job. KeyError: no such system."""
    return SYSTEMS[system](job)


__all__ = ["SYSTEMS", "Job", "Palette", "draw", "portrait"]
