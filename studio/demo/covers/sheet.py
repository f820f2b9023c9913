"""A square sheet to print on: soft-edged masks, three ways of inking, paper grain.

Masks are float32 arrays of shape (side, side), 0 to 1; colours are "#rrggbb". Coordinates run from 0 to 1.
"""

from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 1400
Plane: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True)
class Palette:
    """An artist's five colours: `paper` and `ink` carry type on each other."""

    paper: str
    ink: str
    first: str
    second: str
    third: str

    @property
    def colours(self) -> tuple[str, str, str]:
        return self.first, self.second, self.third

    def turned(self, steps: int) -> "Palette":
        """The three colours change places."""
        a = self.colours * 2
        return Palette(self.paper, self.ink, *a[steps % 3 : steps % 3 + 3])

    @property
    def night(self) -> "Palette":
        """The same hand, inverted."""
        return Palette(self.ink, self.paper, self.second, self.first, self.third)


def rgb(colour: str) -> Plane:
    return np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)], np.float32)


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2, 0 to 1."""
    linear = ((rgb(colour) + 0.055) / 1.055) ** 2.4
    return float(linear @ np.array([0.2126, 0.7152, 0.0722]))


def contrast(a: str, b: str) -> float:
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@cache
def coordinates(side: int = SIDE) -> tuple[Plane, Plane]:
    """x to the right and y down, at pixel centres, as a row and a column that broadcast."""
    line: Plane = ((np.arange(side) + 0.5) / side).astype(np.float32)
    return line[None, :], line[:, None]


class Sheet:
    """Ink on paper, as an RGB array."""

    def __init__(self, colour: str, seed: int, side: int = SIDE) -> None:
        self.side = side
        self.rng = np.random.default_rng([seed, 7])
        self.pixels: Plane = np.empty((side, side, 3), np.float32)
        self.pixels[:] = rgb(colour)
        self.x, self.y = coordinates(side)

    def soft(self, distance: Plane, blur: float = 0.0) -> Plane:
        """1 inside (negative distance), 0 outside, one pixel or `blur` wide in between."""
        edge = max(1.0 / self.side, blur)
        mask: Plane = np.clip(0.5 - distance / np.float32(edge), 0, 1)
        return mask

    def disc(self, cx: float, cy: float, radius: float) -> Plane:
        return self.soft(self.distance(cx, cy) - np.float32(radius))

    def distance(self, cx: float, cy: float) -> Plane:
        away: Plane = np.hypot(self.x - np.float32(cx), self.y - np.float32(cy))
        return away

    def box(self, x0: float, y0: float, x1: float, y1: float) -> tuple[slice, slice]:
        left, top, right, bottom = (round(v * self.side) for v in (x0, y0, x1, y1))
        return slice(top, bottom), slice(left, right)

    def paint(self, mask: Plane, colour: str) -> None:
        self.pixels += mask[..., None] * (rgb(colour) - self.pixels)

    def multiply(self, mask: Plane, colour: str) -> None:
        """Transparent ink, as a risograph lays one drum over another."""
        self.pixels *= 1 - mask[..., None] * (1 - rgb(colour))

    def block(self, area: tuple[slice, slice], colour: str) -> None:
        self.pixels[area] = rgb(colour)

    def noise(self, scale: int, octaves: int = 1) -> Plane:
        """Smooth noise, about -1 to 1, with `scale` bumps across."""
        total: Plane = np.zeros((self.side, self.side), np.float32)
        for octave in range(octaves):
            cells = self.rng.standard_normal((scale * 2**octave + 3,) * 2).astype(np.float32)
            image = Image.fromarray(cells).resize((self.side, self.side), Image.Resampling.BICUBIC)
            total += np.asarray(image, np.float32) * np.float32(0.5**octave)
        return total / max(1e-6, float(np.abs(total).max()))

    def speckle(self, amount: float) -> Plane:
        """A mask that is mostly 1 with pinholes, as ink on rough paper."""
        holes = self.rng.random((self.side, self.side), np.float32)
        return 1 - (holes < amount).astype(np.float32) * np.float32(0.55)

    def grain(self, amount: float) -> None:
        fine = self.rng.standard_normal((self.side, self.side), np.float32) * np.float32(amount)
        self.pixels += fine[..., None]

    def image(self) -> Image.Image:
        return Image.fromarray((np.clip(self.pixels, 0, 1) * 255 + 0.5).astype(np.uint8), "RGB")
