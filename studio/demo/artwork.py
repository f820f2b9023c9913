"""Covers and portraits of the catalogue as JPEG files, drawn once and kept like the pressings."""

import tempfile
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path

from PIL import Image

from studio.demo.catalogue import ArtistEntry, CassetEntry
from studio.demo.covers import Job, draw, portrait
from studio.demo.press import HERE, key


def cover(artist: ArtistEntry, casset: CassetEntry, levels: bytes, shelf: Path) -> BytesIO:
    """The cover of a casset; `levels` are its first track's peaks. Later cassets turn the artist's palette."""
    place = artist.cassets.index(casset)
    number = f"CST-{sum(map(ord, artist.handle)) % 90 + 10}{place + 1}"
    palette = artist.palette.turned(place)
    job = Job(
        palette.night if casset.night else palette,
        casset.title,
        artist.name,
        number,
        place + len(artist.handle),
        levels,
    )
    said = (artist.system, job.palette, job.title, job.artist, job.number, job.seed, levels.hex())
    return _kept(shelf, said, lambda: draw(artist.system, job))


def avatar(artist: ArtistEntry, shelf: Path) -> BytesIO:
    seed = sum(map(ord, artist.handle))
    return _kept(shelf, ("portrait", artist.palette, seed), lambda: portrait(artist.palette, seed))


def _kept(shelf: Path, said: Sequence[object], make: Callable[[], Image.Image]) -> BytesIO:
    path = shelf / "pictures" / f"{key(said, HERE / 'covers')}.jpg"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
            make().save(file, "JPEG", quality=94, subsampling=0)
        Path(file.name).replace(path)
    return BytesIO(path.read_bytes())
