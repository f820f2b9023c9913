import resource
import struct
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageDraw
from pytest_django.fixtures import Settings

from casset_site.lib import pictures
from casset_site.lib.pictures import Kind, PictureRejected

FORMATS = ["JPEG", "PNG", "WEBP", "GIF", "AVIF"]


def scene(width: int = 700, height: int = 640) -> Image.Image:
    image = Image.new("RGB", (width, height), "#203060")
    ImageDraw.Draw(image).ellipse((width // 4, height // 4, width * 3 // 4, height * 3 // 4), "#e04010")
    return image


def encoded(image: Image.Image, image_format: str = "PNG", **options: Any) -> bytes:
    out = BytesIO()
    image.save(out, image_format, **options)
    return out.getvalue()


def read(data: bytes, kind: Kind = "cover") -> pictures.Picture:
    return pictures.read(BytesIO(data), kind)


def opened(picture: pictures.Picture, width: int) -> Image.Image:
    return Image.open(BytesIO(picture.files[width]), formats=["WEBP"])


def pixel(image: Image.Image, x: int, y: int) -> tuple[int, int, int]:
    red, green, blue = image.convert("RGB").crop((x, y, x + 1, y + 1)).tobytes()
    return red, green, blue


def png_header(width: int, height: int) -> bytes:
    """A PNG that promises a size and holds one row's worth of nothing."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.fixture
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.STORAGES = {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path), "base_url": "/media/"},
        },
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    return tmp_path


@pytest.mark.parametrize("image_format", FORMATS)
def test_every_accepted_format_becomes_square_webp(image_format: str) -> None:
    picture = read(encoded(scene(1500, 1300), image_format))
    assert {width: opened(picture, width).size for width in picture.files} == {
        1200: (1200, 1200),
        640: (640, 640),
        320: (320, 320),
        160: (160, 160),
    }
    assert len(picture.hash) == 32


def test_profile_pictures_have_their_own_sizes() -> None:
    picture = read(encoded(scene(400, 500)), "avatar")
    assert {width: opened(picture, width).size for width in picture.files} == {320: (320, 320), 96: (96, 96)}


def test_a_small_source_is_not_enlarged() -> None:
    picture = read(encoded(scene(700, 640)))
    assert [opened(picture, width).size[0] for width in (1200, 640, 320, 160)] == [640, 640, 320, 160]


def test_the_middle_is_kept() -> None:
    image = Image.new("RGB", (1800, 600), "red")
    image.paste("blue", (600, 0, 1200, 600))
    red, _, blue = pixel(opened(read(encoded(image)), 640), 320, 300)
    assert blue > 200
    assert red < 50


def test_the_same_picture_has_the_same_hash_whatever_its_file() -> None:
    first = read(encoded(scene(), "PNG", compress_level=1))
    assert read(encoded(scene(), "PNG", compress_level=9)).hash == first.hash
    assert read(encoded(scene(), "WEBP", lossless=True)).hash == first.hash
    assert read(encoded(scene(701, 640))).hash != first.hash


@pytest.mark.parametrize(
    ("mode", "image_format"),
    [("RGB", "JPEG"), ("RGB", "PNG"), ("RGBA", "PNG"), ("P", "PNG"), ("RGB", "WEBP")],
)
def test_orientation_is_applied(mode: str, image_format: str) -> None:
    image = Image.new("RGB", (700, 700), "red")
    image.paste("blue", (0, 0, 700, 350))  # blue on top, until turned
    exif = Image.Exif()
    exif[0x0112] = 3
    square = opened(read(encoded(image.convert(mode), image_format, exif=exif)), 640)
    assert pixel(square, 320, 100)[0] > 200
    assert pixel(square, 320, 540)[2] > 200


def test_places_and_names_are_dropped() -> None:
    exif = Image.Exif()
    exif[0x010F] = "SECRETCAMERA"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    data = encoded(scene(), "JPEG", exif=exif, comment=b"SECRETCOMMENT")
    assert b"SECRETCAMERA" in data
    picture = read(data + b"SECRETAPPENDED")
    for body in picture.files.values():
        assert b"SECRET" not in body
        image = Image.open(BytesIO(body))
        assert not image.getexif()
        assert not {"exif", "xmp", "icc_profile", "comment"} & set(image.info)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_a_broken_exif_block_does_not_refuse_the_picture() -> None:
    data = encoded(scene(), "JPEG", exif=b"Exif\x00\x00II*\x00\xff\xff\xff\x7f")
    assert read(data).files


def srgb_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def lab_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()


def wider_profile() -> bytes:
    """sRGB's profile with a red further out, as cameras and phones have."""
    body = bytearray(srgb_profile())
    entry = body.index(b"rXYZ")
    place = int.from_bytes(body[entry + 4 : entry + 8], "big") + 8
    body[place : place + 4] = struct.pack(">i", int(0.61 * 65536))
    return bytes(body)


def test_colours_are_converted_to_srgb() -> None:
    plain = read(encoded(scene())).files[640]
    assert read(encoded(scene(), icc_profile=srgb_profile())).files[640] == plain
    converted = read(encoded(scene(), icc_profile=wider_profile()))
    assert converted.files[640] != plain
    assert all("icc_profile" not in opened(converted, width).info for width in converted.files)


@pytest.mark.parametrize("profile", [b"not a profile", bytes(200), lab_profile()])
def test_a_profile_that_does_not_fit_is_ignored(profile: bytes) -> None:
    assert read(encoded(scene(), icc_profile=profile)).files[640] == read(encoded(scene())).files[640]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
def test_every_pixel_format_is_read(mode: str) -> None:
    if mode == "I;16":
        image = Image.new("I;16", (600, 600), 40000)
    elif mode == "LA":
        image = scene(600, 600).convert("L").convert("LA")
    else:
        image = scene(600, 600).convert(mode)
    picture = read(encoded(image, "JPEG" if mode == "CMYK" else "PNG"))
    assert opened(picture, 160).mode == "RGB"
    if mode == "I;16":
        assert abs(pixel(opened(picture, 160), 80, 80)[0] - 156) < 4


def test_transparent_parts_become_white() -> None:
    image = Image.new("RGBA", (600, 600), (255, 0, 0, 0))
    assert min(pixel(opened(read(encoded(image)), 160), 80, 80)) > 250


@pytest.mark.parametrize("image_format", ["GIF", "WEBP", "PNG"])
def test_the_first_frame_stands_for_an_animation(image_format: str) -> None:
    frames = [Image.new("RGB", (600, 600), color) for color in ("red", "blue")]
    data = encoded(frames[0], image_format, save_all=True, append_images=frames[1:])
    assert pixel(opened(read(data), 160), 80, 80)[0] > 200


def svg() -> bytes:
    return b'<svg xmlns="http://www.w3.org/2000/svg" width="900" height="900"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        svg(),
        b"<?xml version='1.0'?>" + svg(),
        b"%PDF-1.7",
        b"\xff\xd8\xff",
        b"\x89PNG\r\n\x1a\n",
    ],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(PictureRejected, match="not a picture we can read"):
        read(data)


@pytest.mark.parametrize("image_format", ["TIFF", "BMP", "PPM", "EPS", "ICO", "JPEG2000"])
def test_formats_nobody_needs_are_refused(image_format: str) -> None:
    with pytest.raises(PictureRejected, match="not a picture we can read"):
        read(encoded(scene(), image_format))


@pytest.mark.parametrize("image_format", FORMATS)
def test_truncated_files_are_refused(image_format: str) -> None:
    data = encoded(scene(), image_format)
    with pytest.raises(PictureRejected, match=r"damaged|not a picture"):
        read(data[: len(data) // 2])


def test_small_pictures_are_refused_with_their_size() -> None:
    with pytest.raises(PictureRejected, match=r"900 × 599 pixels. A cover needs at least 600 × 600"):
        read(encoded(scene(900, 599)))
    with pytest.raises(PictureRejected, match="profile picture needs at least 96 × 96"):
        read(encoded(scene(95, 200)), "avatar")


def test_large_files_are_refused_without_reading_them_whole() -> None:
    class Endless:
        given = 0

        def read(self, size: int, /) -> bytes:
            self.given += size
            return bytes(size)

    source = Endless()
    with pytest.raises(PictureRejected, match="larger than 20 MB"):
        pictures.read(source, "cover")
    assert source.given == pictures.MAX_BYTES + 1


@pytest.mark.parametrize(
    "size", [(4001, 4000), (6400, 6400), (20_000, 20_000), (2_000_000, 2_000_000), (1, 60_000_000)]
)
def test_bombs_are_refused_by_their_header(size: tuple[int, int]) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(PictureRejected, match="more than 16 megapixels"):
        read(png_header(*size))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000  # KiB


@pytest.mark.parametrize(
    ("size", "progressive", "most"), [((6400, 6400), False, 40), ((4100, 4000), True, 16)]
)
def test_only_a_jpeg_that_is_scaled_while_it_is_read_may_be_larger(
    size: tuple[int, int], progressive: bool, most: int
) -> None:
    with pytest.raises(PictureRejected, match=f"more than {most} megapixels"):
        read(encoded(Image.new("L", size), "JPEG", progressive=progressive))
    if not progressive:
        assert read(encoded(Image.new("L", (5000, 5000)), "JPEG")).files


# Linux lets a program inherit its starter's peak in getrusage; the peak of its own memory is in /proc.
PEAK = """
import re, resource, sys
from pathlib import Path
from django.conf import settings
settings.configure()
from casset_site.lib import pictures
with Path(sys.argv[1]).open("rb") as file:
    pictures.read(file, "cover")
status = Path("/proc/self/status")
if status.exists():
    print(int(re.search(r"VmHWM:\\s+(\\d+)", status.read_text())[1]) // 1024)
else:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024**2)
"""
LARGEST: dict[str, Callable[[], bytes]] = {
    "transparent PNG": lambda: encoded(scene(4000, 4000).convert("RGBA"), compress_level=1),
    "grey and transparent PNG": lambda: encoded(scene(4000, 4000).convert("LA"), compress_level=1),
    "PNG of 16-bit greys": lambda: encoded(Image.new("I;16", (4000, 4000), 40000), compress_level=1),
    "transparent WebP": lambda: encoded(scene(4000, 4000).convert("RGBA"), "WEBP", method=0),
    "progressive JPEG of four inks": lambda: encoded(
        scene(4000, 4000).convert("CMYK"), "JPEG", progressive=True, subsampling=0
    ),
    "JPEG too narrow to be scaled": lambda: encoded(scene(1210, 33_000), "JPEG"),
}


@pytest.mark.parametrize("kind", LARGEST)
def test_the_largest_pictures_are_read_in_little_memory(kind: str, tmp_path: Path) -> None:
    file = tmp_path / "picture"
    file.write_bytes(LARGEST[kind]())
    done = subprocess.run(
        [sys.executable, "-c", PEAK, str(file)], capture_output=True, text=True, check=True, timeout=120
    )
    assert int(done.stdout) < 320  # MiB, 40 of them the interpreter's own


def test_two_pictures_are_decoded_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    decode, now, most = pictures._decode, [], [0]

    def watched(image: Image.Image, width: int) -> Image.Image:
        now.append(image)
        most[0] = max(most[0], len(now))
        time.sleep(0.05)
        now.remove(image)
        return decode(image, width)

    monkeypatch.setattr(pictures, "_decode", watched)
    data = encoded(scene(120, 120))
    threads = [threading.Thread(target=read, args=(data, "avatar")) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (most[0], now) == (2, [])


def webp_canvas(width: int, height: int) -> bytes:
    canvas = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    extended = b"VP8X" + struct.pack("<I", 10) + b"\x02\0\0\0" + canvas
    body = b"WEBP" + extended + b"ANIM" + struct.pack("<I", 6) + bytes(6)
    frame = encoded(Image.new("RGB", (16, 16)), "WEBP")[12:]
    one = bytes(6) + (15).to_bytes(3, "little") * 2 + bytes(4) + frame
    body += b"ANMF" + struct.pack("<I", len(one)) + one
    return b"RIFF" + struct.pack("<I", len(body)) + body


def test_a_webp_that_promises_a_giant_canvas_is_refused() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(PictureRejected, match=r"16 megapixels|not a picture"):
        read(webp_canvas(16383, 16383))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # KiB


def test_compressed_text_bombs_are_refused() -> None:
    data = encoded(scene())
    text = b"Comment\0\0" + zlib.compress(bytes(80 * 1024**2), 9)
    chunk = struct.pack(">I", len(text)) + b"zTXt" + text + struct.pack(">I", zlib.crc32(b"zTXt" + text))
    with pytest.raises(PictureRejected):
        read(data[:33] + chunk + data[33:])


SMALL = {image_format: encoded(scene(120, 110), image_format) for image_format in FORMATS}


@settings(max_examples=150, deadline=None)
@given(
    image_format=st.sampled_from(FORMATS),
    changes=st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=8
    ),
    keep=st.floats(0.2, 1),
)
def test_damaged_files_are_read_or_refused_and_nothing_else(
    image_format: str, changes: list[tuple[float, int]], keep: float
) -> None:
    data = bytearray(SMALL[image_format])
    for place, value in changes:
        data[int(place * len(data))] = value
    try:
        assert read(bytes(data[: int(keep * len(data))]), "avatar").files
    except PictureRejected as error:
        assert str(error).endswith((".", "96."))


@pytest.mark.parametrize(
    ("background", "shape", "expected"),
    [("#808080", "#e04010", "red"), ("#101010", "#10c040", "green"), ("#f8f8f0", "#2040d0", "blue")],
)
def test_the_dominant_colour_is_the_vivid_one(background: str, shape: str, expected: str) -> None:
    image = Image.new("RGB", (600, 600), background)
    ImageDraw.Draw(image).ellipse((180, 180, 420, 420), shape)
    color = read(encoded(image)).color
    channels = dict(zip(("red", "green", "blue"), bytes.fromhex(color[1:]), strict=True))
    assert max(channels, key=lambda name: channels[name]) == expected
    assert max(channels.values()) - min(channels.values()) > 100


def test_two_strong_colours_do_not_mix_into_mud() -> None:
    image = Image.new("RGB", (600, 600), "#d02020")
    image.paste("#20a030", (330, 0, 600, 600))
    assert read(encoded(image)).color == "#d02020"


def test_a_grey_picture_has_a_grey_colour() -> None:
    assert read(encoded(Image.new("RGB", (600, 600), "#404040"))).color == "#404040"


@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_any_flat_colour_gives_a_colour(color: tuple[int, int, int]) -> None:
    assert len(bytes.fromhex(pictures.dominant_color(Image.new("RGB", (8, 8), color))[1:])) == 3


def test_files_are_stored_once_under_their_hash(media: Path) -> None:
    picture = read(encoded(scene()))
    pictures.store(picture, "covers")
    names = sorted(path.name for path in (media / "covers").iterdir())
    assert names == sorted(f"{picture.hash}-{width}.webp" for width in (1200, 640, 320, 160))
    times = [path.stat().st_mtime_ns for path in sorted((media / "covers").iterdir())]
    pictures.store(picture, "covers")
    assert [path.stat().st_mtime_ns for path in sorted((media / "covers").iterdir())] == times
    with default_storage.open(f"covers/{picture.hash}-160.webp") as file:
        assert file.read() == picture.files[160]


def test_addresses_are_empty_without_a_picture(media: Path) -> None:
    assert pictures.url("ab" * 16, "covers", 640) == f"/media/covers/{'ab' * 16}-640.webp"
    assert pictures.url("", "covers", 640) == ""
