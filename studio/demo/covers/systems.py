"""Nine ways of drawing a cover. Each gets a job and returns the printed picture with its type."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from studio.demo.covers.lettering import MARGIN, Setting, headline, label
from studio.demo.covers.sheet import Palette, Plane, Sheet, rgb

LOW = 1 - MARGIN
BASE = 0.872


@dataclass(frozen=True)
class Job:
    """What is to be drawn. `levels` are the music's peaks (0 to 255), where a system draws the sound itself."""

    palette: Palette
    title: str
    artist: str
    number: str
    seed: int
    levels: bytes = b""


def _corners(image: Image.Image, job: Job, colour: str) -> None:
    """The artist at the left, the catalogue number at the right, on the lower margin."""
    label(image, job.artist, colour, (MARGIN, LOW))
    label(image, job.number, colour, (LOW, LOW), right=True)


def ridges(job: Job) -> Image.Image:
    """The music's own level as a mountain range seen from the front, each line hiding those behind."""
    p = job.palette
    sheet = Sheet(p.ink, job.seed)
    rng, count, wide = sheet.rng, 38, 600
    levels = np.frombuffer(job.levels or rng.bytes(800), np.uint8).astype(np.float32) / 255
    across = np.linspace(-1, 1, wide)
    drift = np.cumsum(rng.normal(0, 0.05, count))
    for row in range(count):
        start = int(row / (count - 1) * (len(levels) - 40))
        bumps = np.interp(
            np.linspace(0, 39, wide), np.arange(40), rng.permutation(levels[start : start + 40])
        )
        smooth = np.convolve(bumps - bumps.min(), np.hanning(41) / 20, "same")
        rough = np.convolve(rng.standard_normal(wide), np.hanning(7) / 3.5, "same")
        window = np.exp(-(((across - 0.25 * np.tanh(drift[row])) / 0.36) ** 2) * 1.6)
        height = window * (0.105 * smooth + 0.004 * rough) + 0.0012 * rough
        base = 0.17 + 0.50 * row / (count - 1)
        _ridge(sheet, base - height, base, p.ink, p.first if row % 11 == job.seed % 11 else p.paper)
    sheet.grain(0.018)
    image = sheet.image()
    headline(image, job.title, p.paper, (MARGIN, 0.74, LOW, BASE), Setting(largest=0.115))
    _corners(image, job, p.paper)
    return image


def _ridge(sheet: Sheet, crest: NDArray[np.float64], base: float, ground: str, colour: str) -> None:
    """One line between the side margins; below it the ground hides what was drawn before."""
    left, right = (round(edge * sheet.side) for edge in (0.13, 0.87))
    top, bottom = (round((base + edge) * sheet.side) for edge in (-0.16, 0.012))
    area = sheet.pixels[max(0, top) : bottom, left:right]
    y = sheet.y[max(0, top) : bottom]
    line = np.interp(np.linspace(0, len(crest) - 1, right - left), np.arange(len(crest)), crest).astype(
        np.float32
    )
    below = np.clip((y - line) * sheet.side, 0, 1)
    area += below[..., None] * (rgb(ground) - area)
    steep = np.hypot(1, np.gradient(line) * sheet.side)
    stroke = np.clip(1.8 - np.abs(y - line) * sheet.side / steep, 0, 1)
    area += stroke[..., None].astype(np.float32) * (rgb(colour) - area)


# centre x, centre y and radius of the reels, by composition
REELS = (
    ((0.30, 0.33, 0.40), (0.80, 0.48, 0.27)),
    ((0.70, 0.30, 0.36), (0.22, 0.44, 0.24), (0.52, 0.60, 0.13)),
    ((0.50, 0.36, 0.31), (0.93, 0.36, 0.31), (0.07, 0.36, 0.31)),
)


def reels(job: Job) -> Image.Image:
    """Two tape reels, cropped close, printed in overlapping transparent inks."""
    p = job.palette
    sheet = Sheet(p.paper, job.seed)
    rng = sheet.rng
    wander = sheet.noise(5) * np.float32(0.004)
    for (cx, cy, radius), colour in zip(REELS[job.seed % len(REELS)], p.colours, strict=False):
        distance = sheet.distance(cx, cy) + wander
        angle = np.arctan2(sheet.y - np.float32(cy), sheet.x - np.float32(cx))
        rings = 0.5 + 0.5 * np.sin(distance * np.float32(2 * np.pi * rng.uniform(46, 60)))
        wound = sheet.soft(distance - np.float32(radius)) * sheet.soft(np.float32(radius * 0.38) - distance)
        sheet.multiply(wound * (0.72 + 0.28 * (rings > 0.45)) * sheet.speckle(0.05), colour)
        hub = sheet.soft(distance - np.float32(radius * 0.30)) * sheet.soft(
            np.float32(radius * 0.09) - distance
        )
        spokes = (np.cos(angle * 3 + job.seed) < 0.35).astype(np.float32)
        sheet.multiply(hub * spokes * sheet.speckle(0.05), p.ink)
    sheet.grain(0.022)
    image = sheet.image()
    headline(image, job.title, p.ink, (MARGIN, 0.70, LOW, BASE), Setting(largest=0.13))
    _corners(image, job, p.ink)
    return image


def swiss(job: Job) -> Image.Image:
    """A grid of quarter discs, bars and dots, as a poster from Basel."""
    p = job.palette
    sheet = Sheet(p.paper, job.seed)
    rng, cells = sheet.rng, 5
    size = (1 - 2 * MARGIN) / cells
    inks = (*p.colours, p.ink)
    for row in range(cells):
        for column in range(cells):
            if row >= 3 and column < 3 + (row == 3):
                continue
            x0, y0 = MARGIN + column * size, MARGIN + row * size
            area = sheet.box(x0, y0, x0 + size, y0 + size)
            _tile(sheet, area, int(rng.integers(7)), str(rng.choice(inks)), str(rng.choice(inks)))
    sheet.grain(0.012)
    image = sheet.image()
    headline(
        image, job.title, p.ink, (MARGIN, 0.62, MARGIN + 2.9 * size, BASE), Setting(largest=0.12, lines=3)
    )
    label(image, job.artist, p.ink, (MARGIN, LOW))
    return image


def _tile(sheet: Sheet, area: tuple[slice, slice], kind: int, colour: str, other: str) -> None:
    height, width = (part.stop - part.start for part in area)
    u = ((np.arange(width) + 0.5) / width).astype(np.float32)[None, :]
    v = ((np.arange(height) + 0.5) / height).astype(np.float32)[:, None]
    u, v = (1 - u if sheet.rng.random() < 0.5 else u), (1 - v if sheet.rng.random() < 0.5 else v)
    edge = np.float32(width / 1.2)

    def soft(distance: Plane) -> Plane:
        mask: Plane = np.clip(0.5 - distance * edge, 0, 1)
        return mask

    shapes: tuple[Callable[[], Plane], ...] = (
        lambda: soft(np.hypot(u, v) - 1),
        lambda: soft(np.hypot(u, v) - 1) * soft(0.5 - np.hypot(u, v)),
        lambda: soft(np.hypot(u - 0.5, v - 0.5) - 0.5),
        lambda: soft(u - v),
        lambda: soft(np.abs((v * 4) % 1 - 0.5) / 4 - 0.0625) + 0 * u,
        lambda: soft(np.hypot((u * 4) % 1 - 0.5, (v * 4) % 1 - 0.5) / 4 - 0.07),
        lambda: soft(np.hypot(u, v - 0.5) - 0.5),
    )
    if kind in {2, 5, 6} and sheet.rng.random() < 0.6 and colour != other:
        sheet.block(area, other)
    mask = np.broadcast_to(shapes[kind](), (height, width))
    pixels = sheet.pixels[area]
    pixels += mask[..., None] * (rgb(colour) - pixels)


# centre x, centre y and radius
SUNS = ((0.5, 0.40, 0.31), (0.72, 0.36, 0.41), (0.30, 0.30, 0.20))


def sun(job: Job) -> Image.Image:
    """A halftone sun over a sea of bars; the dots are cut on a turned screen."""
    p = job.palette
    sheet = Sheet(p.paper, job.seed)
    rng = sheet.rng
    cx, cy, radius = SUNS[job.seed % len(SUNS)]
    fade = np.clip((sheet.y - (cy - radius)) / (2 * radius), 0, 1)
    sheet.pixels += (np.clip(sheet.y * 1.1, 0, 1) * 0.55)[..., None] * (rgb(p.third) - sheet.pixels)
    turn, pitch = np.float32(np.radians(rng.uniform(15, 60))), 92
    u = (sheet.x * np.cos(turn) + sheet.y * np.sin(turn)) * pitch
    v = (sheet.y * np.cos(turn) - sheet.x * np.sin(turn)) * pitch
    cell = np.hypot(u - np.floor(u) - 0.5, v - np.floor(v) - 0.5)
    disc = sheet.disc(cx, cy, radius)
    sheet.paint(disc, p.first)
    dots = np.clip(0.5 - (cell - 0.74 * fade**0.8) * 14, 0, 1)
    sheet.paint(disc * dots, p.second)
    for i in range(7):
        gap = 0.006 + 0.006 * i
        y = cy + radius * (0.10 + 0.14 * i)
        sheet.multiply(sheet.soft(np.abs(sheet.y - np.float32(y)) - np.float32(gap / 2)) * disc, p.paper)
    sheet.grain(0.03)
    image = sheet.image()
    headline(image, job.title, p.ink, (MARGIN, 0.74, LOW, BASE), Setting(largest=0.14))
    _corners(image, job, p.ink)
    return image


def field(job: Job) -> Image.Image:
    """Soft bodies of colour drifting into each other, heavy grain, very large type."""
    p = job.palette
    sheet = Sheet(p.first, job.seed)
    warp = sheet.noise(3) * np.float32(0.14)
    for colour in (p.second, p.third, p.paper, p.second):
        cx, cy = sheet.rng.uniform(0.05, 0.95, 2)
        radius = sheet.rng.uniform(0.25, 0.5)
        blob = np.asarray(
            np.clip(1 - (sheet.distance(cx, cy) + warp) / np.float32(radius), 0, 1) ** 1.3, np.float32
        )
        sheet.paint(blob * np.float32(0.92), colour)
    sheet.grain(0.085)
    image = sheet.image()
    setting = Setting(largest=0.23, lines=3, tight=0.96)
    headline(image, job.title.lower(), p.ink, (MARGIN, 0.40, LOW, BASE), setting)
    _corners(image, job, p.ink)
    return image


def contours(job: Job) -> Image.Image:
    """A map of somewhere: contour lines, every fifth heavier, one level filled."""
    p = job.palette
    sheet = Sheet(p.paper, job.seed)
    height = sheet.noise(3, 3) * np.float32(11)
    gy, gx = np.gradient(height)
    slope = np.hypot(gx, gy) + np.float32(1e-4)
    for level, colour in ((3.0, p.second), (5.5, p.first)):
        sheet.multiply(np.clip(0.5 + (height - level) / slope, 0, 1) * sheet.speckle(0.04), colour)
    for every, width in ((1.0, 1.0), (5.0, 2.6)):
        away = np.abs(height / every - np.round(height / every)) * every / slope
        sheet.paint(np.clip(width - away + 0.5, 0, 1), p.ink)
    plate = sheet.box(0, 0.735, 1, 1)
    sheet.block(plate, p.paper)
    sheet.grain(0.016)
    image = sheet.image()
    headline(image, job.title, p.ink, (MARGIN, 0.765, LOW, BASE), Setting(largest=0.11, weight="Bold"))
    _corners(image, job, p.ink)
    return image


def strata(job: Job) -> Image.Image:
    """Hills cut from paper, each laid on the one behind with its shadow."""
    p = job.palette
    sheet = Sheet(p.paper, job.seed)
    rng = sheet.rng
    sheet.paint(sheet.disc(rng.uniform(0.2, 0.8), rng.uniform(0.2, 0.34), rng.uniform(0.07, 0.2)), p.first)
    for i, colour in enumerate((p.third, p.second, p.first, p.second, p.ink)):
        ridge = np.full(sheet.side, 0.36 + 0.105 * i)
        for n in range(1, 4):
            swing, pace, turn = rng.uniform(0.02, 0.05) / n, rng.uniform(0.5, 1.2) * n, rng.random()
            ridge += swing * np.sin(2 * np.pi * (pace * sheet.x[0] + turn))
        line = ridge.astype(np.float32)[None, :]
        shadow = np.clip(1 - (line - sheet.y) / 0.035, 0, 1) * (sheet.y < line)
        sheet.pixels *= 1 - (shadow * np.float32(0.20))[..., None]
        hill = sheet.soft(line - sheet.y)
        sheet.paint(hill, colour)
        sheet.paint(hill * np.float32(0.28 * (i == 3)), p.ink)
    sheet.grain(0.028)
    image = sheet.image()
    headline(image, job.title, p.paper, (MARGIN, 0.74, LOW, BASE), Setting(largest=0.125, weight="Bold"))
    _corners(image, job, p.paper)
    return image


def waves(job: Job) -> Image.Image:
    """Lines bent by hidden bodies, after the op artists."""
    p = job.palette
    sheet = Sheet(p.paper, job.seed)
    rng = sheet.rng
    bend: Plane = np.zeros((sheet.side, sheet.side), np.float32)
    tint: Plane = np.zeros_like(bend)
    for _ in range(3):
        cx, cy = rng.uniform(0.15, 0.85), rng.uniform(0.12, 0.62)
        body = np.exp(-((sheet.distance(cx, cy) / np.float32(rng.uniform(0.13, 0.22))) ** 2))
        bend += body * np.float32(rng.choice([-1, 1]) * rng.uniform(1.1, 1.9))
        tint = np.maximum(tint, body)
    along, over = (sheet.x, sheet.y) if job.seed % 2 else (sheet.y, sheet.x)
    phase = along * 30 + bend + 0.5 * np.sin(over * 5 + job.seed)
    wave = np.abs(phase - np.floor(phase) - 0.5) * 2
    stripes: Plane = np.clip((wave - 0.5) * 14 + 0.5, 0, 1).astype(np.float32)
    sheet.paint(stripes, p.first)
    sheet.paint(stripes * np.clip(tint * 1.6 - 0.35, 0, 1), p.second)
    sheet.block(sheet.box(0, 0.755, 1, 1), p.ink)
    sheet.grain(0.014)
    image = sheet.image()
    headline(image, job.title, p.paper, (MARGIN, 0.785, LOW, BASE), Setting(largest=0.10))
    _corners(image, job, p.paper)
    return image


def sprites(job: Job) -> Image.Image:
    """Sixteen small creatures from mirrored bits, one of them different, on a screen with scan lines."""
    p = job.palette
    sheet = Sheet(p.ink, job.seed)
    rng = sheet.rng
    odd = int(rng.integers(16))
    for i in range(16):
        half = rng.random((8, 4)) < 0.52
        half[0, 0] = half[7, 0] = False
        bits = np.hstack([half, half[:, ::-1]])
        row, column = divmod(i, 4)
        cell, dot = (1 - 2 * MARGIN) / 4, 0.0175
        x0 = MARGIN + column * cell + (cell - 8 * dot) / 2 * (column / 1.5)
        y0 = MARGIN + row * 0.168
        colour = p.first if i == odd else (p.paper, p.second, p.third)[int(rng.integers(3))]
        for y, x in np.argwhere(bits):
            left, top = round((x0 + x * dot) * 1400), round((y0 + y * dot) * 1400)
            sheet.pixels[top : top + 25, left : left + 25] = rgb(colour)
    sheet.pixels *= (1 - 0.10 * (np.arange(sheet.side) % 6 < 2).astype(np.float32))[:, None, None]
    image = sheet.image()
    headline(image, job.title, p.paper, (MARGIN, 0.755, LOW, BASE), Setting(largest=0.115))
    _corners(image, job, p.paper)
    return image


SYSTEMS: dict[str, Callable[[Job], Image.Image]] = {
    system.__name__: system for system in (ridges, reels, swiss, sun, field, contours, strata, waves, sprites)
}
