"""`manage.py build_assets`: the web fonts, cut out of the font that the package index carries."""

from pathlib import Path
from typing import Any

import font_manrope
from django.conf import settings
from django.core.management.base import BaseCommand
from fontTools import subset

# The same ranges as the @font-face rules in static/css/app.css.
SUBSETS = {
    "manrope-latin": (
        "0000-00FF,0131,0152-0153,02BB-02BC,02C6,02DA,02DC,2000-206F,20AC,2122,2190-2193,2212,2215"
    ),
    "manrope-extended": "0100-0130,0132-0151,0154-024F,0300-036F,0370-03FF,0400-04FF,1E00-1EFF",
}


class Command(BaseCommand):
    help = "Cut the web fonts (skipped where they are up to date)."

    def handle(self, *_args: Any, **_options: Any) -> None:
        source = Path(font_manrope.ManropeVariableFont_wght)
        folder = Path(settings.ASSETS_DIR) / "fonts"
        folder.mkdir(parents=True, exist_ok=True)
        for name, ranges in SUBSETS.items():
            target = folder / f"{name}.woff2"
            if not target.exists() or target.stat().st_mtime < Path(__file__).stat().st_mtime:
                cut(source, target, ranges)
        licence = folder / "OFL.txt"
        licence.write_bytes((source.parent / "OFL.txt").read_bytes())


def cut(source: Path, target: Path, ranges: str) -> None:
    """Write the glyphs of `ranges` (hexadecimal, "a-b,c") as WOFF2, whole or not at all."""
    options = subset.Options(flavor="woff2", layout_features=["kern", "liga", "tnum", "calt", "ccmp", "mark"])
    font = subset.load_font(str(source), options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=subset.parse_unicodes(ranges))
    cutter.subset(font)
    part = target.with_suffix(".part")
    subset.save_font(font, str(part), options)
    part.replace(target)
