"""The colours of the style sheet itself, read out of the CSS, keep WCAG AA in both themes and for every artist."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.design.colours import Rgb, contrast, from_hex, from_oklch, mix, to_oklch

CSS = (Path(__file__).resolve().parents[2] / "static" / "css" / "app.css").read_text()
THEMES = ("light", "dark")
SURFACES = ("bg", "surface", "surface-2")
TEXTS = ("fg", "muted", "link", "danger", "ok", "warn")
TEXT, PART = 4.5, 3.0
COLOURS = (
    "bg",
    "surface",
    "surface-2",
    "line",
    "fg",
    "muted",
    "accent",
    "accent-ink",
    "link",
    "danger",
    "ok",
    "warn",
)
SCALES = {"s": "12345678", "r": "123", "t": "123456", "shadow": "12"}
STEPS = tuple(f"{name}-{step}" for name, steps in SCALES.items() for step in steps)
NAMES = (*COLOURS, *STEPS, "r-full", "font", "font-mono", "ease", "fast", "slow", "player-h")
RELATIVE = re.compile(r"oklch\(from var\(--artist\) (.+) (min\(c, [\d.]+\)) h\)")
FUNCTIONS: dict[str, Callable[..., float]] = {
    "min": min,
    "max": max,
    "clamp": lambda low, value, high: max(low, min(value, high)),
}


def block(selector: str) -> dict[str, str]:
    """The custom properties of the first rule with this selector."""
    body = re.search(rf"^  {re.escape(selector)} \{{\n(.*?)^  \}}", CSS, re.MULTILINE | re.DOTALL)
    assert body, selector
    return dict(re.findall(r"--([\w-]+): (.+?);", body[1]))


ROOT, ARTIST, POSTER = block(":root"), block("[data-accent]"), block(".poster")


def split_pair(value: str) -> tuple[str, str]:
    """The arguments of light-dark(), whose own arguments may hold commas."""
    inner, depth = value.removeprefix("light-dark(").removesuffix(")"), 0
    for at, sign in enumerate(inner):
        depth += (sign == "(") - (sign == ")")
        if sign == "," and not depth:
            return inner[:at].strip(), inner[at + 1 :].strip()
    return value, value


def colour(value: str, theme: str, artist: str = "#ff6a3d") -> Rgb:
    if value.startswith("light-dark("):
        value = split_pair(value)[THEMES.index(theme)]
    if value.startswith("#"):
        return from_hex(value)
    found = RELATIVE.fullmatch(value)
    assert found, value
    lightness, chroma, hue = to_oklch(from_hex(artist))
    names = {**FUNCTIONS, "l": lightness, "c": chroma}
    return from_oklch(eval(found[1], names), eval(found[2], names), hue)


def of_page(name: str, theme: str, artist: str) -> Rgb:
    """A token on an artist's page: theirs where they have one, else the site's."""
    return colour(ARTIST.get(name, ROOT[name]), theme, artist)


accents = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@pytest.mark.parametrize("name", NAMES)
def test_every_promised_token_exists(name: str) -> None:
    assert name in ROOT


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("surface", SURFACES)
def test_texts_are_readable_on_every_surface(theme: str, surface: str) -> None:
    ground = colour(ROOT[surface], theme)
    for name in TEXTS:
        assert contrast(colour(ROOT[name], theme), ground) >= TEXT, name


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("surface", SURFACES)
def test_parts_of_controls_stand_out_from_every_surface(theme: str, surface: str) -> None:
    ground = colour(ROOT[surface], theme)
    assert contrast(colour(ROOT["control"], theme), ground) >= PART
    assert contrast(colour(ROOT["accent"], theme), ground) >= PART


@pytest.mark.parametrize("theme", THEMES)
def test_ink_is_readable_on_the_accent(theme: str) -> None:
    assert contrast(colour(ROOT["accent-ink"], theme), colour(ROOT["accent"], theme)) >= TEXT


@given(artist=accents, theme=st.sampled_from(THEMES), surface=st.sampled_from(SURFACES))
def test_texts_are_readable_on_every_artists_page(artist: str, theme: str, surface: str) -> None:
    ground = of_page(surface, theme, artist)
    for name in TEXTS:
        assert contrast(of_page(name, theme, artist), ground) >= TEXT, name


@given(artist=accents, theme=st.sampled_from(THEMES), surface=st.sampled_from(SURFACES))
def test_any_artists_accent_stands_out_and_carries_its_ink(artist: str, theme: str, surface: str) -> None:
    accent = of_page("accent", theme, artist)
    assert contrast(accent, of_page(surface, theme, artist)) >= PART
    assert contrast(of_page("control", theme, artist), of_page(surface, theme, artist)) >= PART
    assert contrast(of_page("accent-ink", theme, artist), accent) >= TEXT


@given(artist=accents)
def test_any_artists_poster_carries_its_ink(artist: str) -> None:
    poster, ink = colour(ARTIST["poster"], "light", artist), from_hex(ROOT["poster-ink"])
    share = re.fullmatch(
        r"color-mix\(in oklab, var\(--poster-ink\) (\d+)%, var\(--poster\)\)", POSTER["muted"]
    )
    darker = re.fullmatch(
        r"color-mix\(in oklab, var\(--poster\), var\(--poster-ink\) (\d+)%\)", POSTER["surface-2"]
    )
    assert share and darker
    muted, second = mix(ink, poster, int(share[1]) / 100), mix(ink, poster, int(darker[1]) / 100)
    assert contrast(ink, poster) >= 6
    assert contrast(muted, poster) >= TEXT
    assert contrast(muted, second) >= TEXT
