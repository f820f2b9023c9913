"""Type on covers: Manrope, set large and tight, with small lines that sit on the same margins."""

from dataclasses import dataclass
from functools import cache
from importlib import resources

from PIL import Image, ImageDraw, ImageFont

MARGIN = 0.064


@cache
def face(weight: str, size: int) -> ImageFont.FreeTypeFont:
    path = resources.files("font_manrope") / "files" / f"Manrope-{weight}.ttf"
    with resources.as_file(path) as file:
        return ImageFont.truetype(str(file), size)


def wraps(text: str, most: int) -> list[list[str]]:
    """The ways to break `text` into at most `most` lines, in order, best balanced first for each count."""
    words = text.split()
    found = []
    for count in range(1, min(most, len(words)) + 1):
        share = len(text) / count
        lines: list[str] = []
        for _ in range(count - 1):
            line = [words.pop(0)]
            while (
                words
                and len(words) > count - len(lines) - 1
                and len(" ".join([*line, words[0]])) <= share + 1
            ):
                line.append(words.pop(0))
            lines.append(" ".join(line))
        lines.append(" ".join(words))
        found.append(lines)
        words = text.split()
    return found


@dataclass(frozen=True)
class Setting:
    """How a headline is set: largest size and line step as shares of the side and of the size."""

    weight: str = "ExtraBold"
    largest: float = 0.2
    lines: int = 2
    tight: float = 0.94


def headline(
    image: Image.Image, text: str, colour: str, box: tuple[float, float, float, float], setting: Setting
) -> None:
    """Set `text` as large as the box (left, top, right, baseline; shares of the side) allows, on its baseline."""
    side = image.width
    left, top, right, base = (v * side for v in box)
    size, chosen = 0, [text]
    for option in wraps(text, setting.lines):
        widest = max(face(setting.weight, 100).getlength(line) for line in option)
        tall = (base - top) / (setting.tight * (len(option) - 1) + 0.74)
        fits = int(min(setting.largest * side, 100 * (right - left) / widest, tall))
        size, chosen = max((size, chosen), (fits, option), key=lambda pair: pair[0])
    font = face(setting.weight, size)
    draw = ImageDraw.Draw(image)
    for i, line in enumerate(reversed(chosen)):
        bearing = font.getbbox(line, anchor="ls")[0]
        draw.text(
            (left - bearing, base - i * size * setting.tight), line, font=font, fill=colour, anchor="ls"
        )


def label(
    image: Image.Image, text: str, colour: str, at: tuple[float, float], *, right: bool = False
) -> None:
    """A small line standing on a point: a name at its left, or an opened number at its right."""
    side = image.width
    x, y = at[0] * side, at[1] * side
    draw = ImageDraw.Draw(image)
    if right:
        font = face("Medium", int(0.022 * side))
        for letter in reversed(text):
            x -= font.getlength(letter)
            draw.text((x, y), letter, font=font, fill=colour, anchor="ls")
            x -= 0.0015 * side
    else:
        draw.text((x, y), text, font=face("Bold", int(0.030 * side)), fill=colour, anchor="ls")
