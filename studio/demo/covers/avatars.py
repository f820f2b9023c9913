"""Portraits as abstract shapes: a ground, shoulders, a head, and something of the artist's own."""

import numpy as np
from PIL import Image

from studio.demo.covers.sheet import Palette, Plane, Sheet

SIDE = 640


def portrait(palette: Palette, seed: int) -> Image.Image:
    """A square RGB portrait of 640 px, always the same for the same palette and seed."""
    sheet = Sheet(palette.first, seed, SIDE)
    rng = sheet.rng
    sheet.paint(
        np.broadcast_to(np.clip(sheet.y * 1.2 - 0.1, 0, 1), (SIDE, SIDE)) * np.float32(0.5), palette.second
    )
    sheet.paint(
        sheet.disc(rng.uniform(0.25, 0.75), rng.uniform(0.28, 0.4), rng.uniform(0.30, 0.38)), palette.third
    )
    lean = float(rng.uniform(-0.05, 0.05))
    shoulders = np.hypot((sheet.x - 0.5) / 0.40, (sheet.y - 1.06) / 0.40) - 1
    sheet.paint(sheet.soft(shoulders * np.float32(0.4)), palette.ink)
    neck = (np.abs(sheet.x - np.float32(0.5 + lean / 2)) - 0.075) + 0 * sheet.y
    sheet.paint(sheet.soft(neck) * (sheet.y > 0.45) * (sheet.y < 0.75), palette.paper)
    head = np.hypot((sheet.x - np.float32(0.5 + lean)) / 0.17, (sheet.y - 0.40) / 0.215) - 1
    sheet.paint(sheet.soft(head * np.float32(0.19)), palette.paper)
    _half_shadow(sheet, head, 0.5 + lean, palette)
    (_hair, _cap, _headphones, _glasses)[seed // 3 % 4](sheet, head, 0.5 + lean, palette)
    sheet.grain(0.03)
    return sheet.image()


def _half_shadow(sheet: Sheet, head: Plane, cx: float, palette: Palette) -> None:
    side = (sheet.x > np.float32(cx + 0.03)).astype(np.float32)
    sheet.multiply(sheet.soft(head * np.float32(0.19)) * side * np.float32(0.55), palette.second)


def _hair(sheet: Sheet, head: Plane, cx: float, palette: Palette) -> None:
    outer = np.hypot((sheet.x - np.float32(cx)) / 0.215, (sheet.y - 0.37) / 0.25) - 1
    fringe = sheet.y - (0.30 + 0.35 * np.abs(sheet.x - np.float32(cx - 0.06)))
    crown = sheet.soft(outer * np.float32(0.2)) * np.maximum(
        sheet.soft(fringe), (head > 0) * (sheet.y < 0.55)
    )
    sheet.paint(crown, palette.ink)


def _cap(sheet: Sheet, head: Plane, cx: float, palette: Palette) -> None:
    dome = np.hypot((sheet.x - np.float32(cx)) / 0.19, (sheet.y - 0.345) / 0.19) - 1
    sheet.paint(sheet.soft(dome * np.float32(0.19)) * (sheet.y < 0.325), palette.ink)
    brim = np.maximum(np.abs(sheet.y - 0.325) - 0.018, np.abs(sheet.x - np.float32(cx - 0.06)) - 0.24)
    sheet.paint(sheet.soft(brim), palette.ink)


def _headphones(sheet: Sheet, head: Plane, cx: float, palette: Palette) -> None:
    ring = np.abs(np.hypot((sheet.x - np.float32(cx)) / 0.205, (sheet.y - 0.385) / 0.245) - 1) * 0.21 - 0.02
    sheet.paint(sheet.soft(ring) * (sheet.y < 0.40), palette.ink)
    for side in (-1, 1):
        ear = np.hypot((sheet.x - np.float32(cx + 0.195 * side)) / 0.05, (sheet.y - 0.42) / 0.085) - 1
        sheet.paint(sheet.soft(ear * np.float32(0.06)), palette.ink)


def _glasses(sheet: Sheet, head: Plane, cx: float, palette: Palette) -> None:
    for side in (-1, 1):
        sheet.paint(sheet.disc(cx + 0.075 * side, 0.375, 0.058), palette.ink)
    bridge = np.maximum(np.abs(sheet.y - 0.368) - 0.008, np.abs(sheet.x - np.float32(cx)) - 0.17)
    sheet.paint(sheet.soft(bridge), palette.ink)
    _hair(sheet, head, cx, palette)
