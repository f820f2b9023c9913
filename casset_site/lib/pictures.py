"""Pictures from users: read with care, squared, re-encoded as WebP, stored under their content's hash.

Nothing of the source file survives but its pixels: no EXIF (places, names), no profile, no appended data.
"""

import colorsys
import hashlib
import struct
import threading
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import Literal, Protocol

import numpy as np
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageCms, ImageOps

from casset_site.lib.gcra import Limit

MAX_BYTES = 20 * 1024**2
MAX_PIXELS = 16_000_000
MAX_SCALED_PIXELS = 40_000_000  # of a JPEG that can be decoded at a fraction of its size
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF")
WEBP_QUALITY = 82
RATE = Limit(
    60, per_seconds=600, burst=30
)  # of one person's forms with a picture, whether it is in them or not

# What Pillow's parsers raise on bytes that break their format, besides its own errors (which are OSErrors).
MALFORMED = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    EOFError,
    OverflowError,
    RuntimeError,
    struct.error,
    zlib.error,
)
DECODES = threading.BoundedSemaphore(2)  # each may take some 200 MB for a moment
BOMB = (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError)


Kind = Literal["cover", "avatar"]


@dataclass(frozen=True)
class Shape:
    """The widths made of a picture (largest first) and the least side accepted, in pixels."""

    label: str
    widths: tuple[int, ...]
    least: int


SHAPES: dict[Kind, Shape] = {
    "cover": Shape("cover", (1200, 640, 320, 160), least=600),
    "avatar": Shape("profile picture", (320, 96), least=96),
}


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class PictureRejected(Exception):
    """The file is not a usable picture; the message is a sentence for its owner."""


@dataclass(frozen=True)
class Picture:
    """WebP files by width, the key they are stored under (32 hex digits) and a "#rrggbb" to show meanwhile.

    A source smaller than a width is not enlarged: that file has the source's size.
    """

    hash: str
    color: str
    files: dict[int, bytes]


def read(fileobj: Readable, kind: Kind) -> Picture:
    """Decode, square and re-encode one uploaded file. Raises PictureRejected."""
    data = fileobj.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise PictureRejected(
            f"This picture is larger than {MAX_BYTES // 1024**2} MB. Please choose a smaller file."
        )
    shape = SHAPES[kind]
    image = _open(data, shape)
    with DECODES:
        largest = _decode(image, shape.widths[0])
    return Picture(
        hash=hashlib.sha256(b"%d:" % largest.width + largest.tobytes()).hexdigest()[:32],
        color=dominant_color(largest),
        files={width: _encode(largest, width) for width in shape.widths},
    )


def store(picture: Picture, prefix: str) -> None:
    """Write the files to the default storage; those already there are left alone."""
    for width, data in picture.files.items():
        name = _name(picture.hash, prefix, width)
        if not default_storage.exists(name):
            default_storage.save(name, ContentFile(data))


def url(content_hash: str, prefix: str, width: int) -> str:
    """Public address of one file; "" for no picture."""
    return default_storage.url(_name(content_hash, prefix, width)) if content_hash else ""


def dominant_color(image: Image.Image) -> str:
    """The most present vivid hue of an RGB picture as "#rrggbb"; its mean grey if there is no colour.

    Pixels vote for one of 24 hues by their chroma, and only the winner's pixels are averaged: the mean of a
    whole picture is mud.
    """
    small = image.resize((64, 64), Image.Resampling.BOX)
    pixels = np.asarray(small, dtype=np.float64).reshape(-1, 3) / 255
    chroma = pixels.max(axis=1) - pixels.min(axis=1)
    if chroma.mean() < 0.02:
        return _hex(*pixels.mean(axis=0))
    hues = np.asarray(small.convert("HSV"), dtype=np.int64).reshape(-1, 3)[:, 0] * 24 // 256
    votes = np.bincount(hues, weights=chroma**1.5, minlength=24)
    winners = (hues - int(votes.argmax()) + 1) % 24 <= 2  # the hue and its two neighbours
    red, green, blue = np.average(pixels[winners], axis=0, weights=chroma[winners] ** 2 + 1e-9)
    hue, lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
    return _hex(*colorsys.hls_to_rgb(hue, min(max(lightness, 0.3), 0.65), saturation))


def _open(data: bytes, shape: Shape) -> Image.Image:
    """The picture's header, its size accepted; no pixel is decoded yet. The file's name has no say."""
    try:
        image: Image.Image = Image.open(BytesIO(data), formats=FORMATS)
    except BOMB as error:
        raise _too_many_pixels() from error
    except MALFORMED as error:
        raise PictureRejected(
            "This file is not a picture we can read. Please use a JPEG, PNG, WebP, AVIF or GIF file."
        ) from error
    width, height = image.size
    # A progressive JPEG is held whole, with all its coefficients, before it is scaled.
    scaled = image.format == "JPEG" and not image.info.get("progressive")
    if width * height > (most := MAX_SCALED_PIXELS if scaled else MAX_PIXELS):
        raise _too_many_pixels(most)
    if min(width, height) < shape.least:
        raise PictureRejected(
            f"This picture is {width} × {height} pixels. "
            f"A {shape.label} needs at least {shape.least} × {shape.least}."
        )
    return image


def _decode(image: Image.Image, width: int) -> Image.Image:
    """The middle square, `width` wide at most: upright, opaque, sRGB. All copies but the first are small ones."""
    try:
        # A JPEG can be decoded at a fraction of its size: a tenth of the memory for a camera's picture.
        image.draft(None, (width, width))
        image.load()
        side = min(*image.size, width)
        return _to_srgb(_upright(ImageOps.fit(_scalable(image), (side, side), Image.Resampling.LANCZOS)))
    except BOMB as error:
        raise _too_many_pixels() from error
    except MALFORMED as error:
        raise PictureRejected(
            "This picture is damaged or incomplete. Please export it again and retry."
        ) from error


def _scalable(image: Image.Image) -> Image.Image:
    """In a mode whose values can be averaged."""
    if image.mode.startswith("I"):  # 16-bit grey, which `convert` would clip
        return image.point(lambda value: value * (1 / 256)).convert("L")
    if image.has_transparency_data:
        return image if image.mode == "RGBA" else image.convert("RGBA")
    return image if image.mode in ("RGB", "L", "CMYK") else image.convert("RGB")


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except MALFORMED:
        return image  # a broken EXIF block is no reason to refuse good pixels


def _to_srgb(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile")
    if image.mode == "RGBA":
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            converted = ImageCms.profileToProfile(
                image, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
            return converted or image
        except (ImageCms.PyCMSError, OSError):
            pass  # a profile that is broken or of another colour space: take the numbers as they are
    return image.convert("RGB")


def _encode(largest: Image.Image, width: int) -> bytes:
    side = min(width, largest.width)
    out = BytesIO()
    image = largest if side == largest.width else largest.resize((side, side), Image.Resampling.LANCZOS)
    image.save(out, "WEBP", quality=WEBP_QUALITY, method=4)  # without metadata, unless asked for
    return out.getvalue()


def _too_many_pixels(most: int = MAX_PIXELS) -> PictureRejected:
    return PictureRejected(
        f"This picture has more than {most // 10**6} megapixels. Please make it smaller and try again."
    )


def _name(content_hash: str, prefix: str, width: int) -> str:
    return f"{prefix}/{content_hash}-{width}.webp"


def _hex(red: float, green: float, blue: float) -> str:
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in (red, green, blue))
