"""The pressing plant: composes a track, writes the artist's original and runs the product's decoder on it.

Works in processes of its own and knows no database. What was pressed is kept under a key of everything it depends on
(style, seed, length, and the code that made it), so that it is made once.
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from audio.decoder.answers import Decoded
from audio.decoder.limits import Limits
from audio.decoder.run import decode
from audio.decoder.tags import Tags
from studio.demo.music import SAMPLE_RATE, compose

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
FACTS = "facts.json"


@dataclass(frozen=True)
class Order:
    """A piece to be pressed."""

    style: str
    seed: int
    seconds: int


@dataclass(frozen=True)
class Pressing:
    """A pressed piece: the folder with its files, what the decoder measured, and where its best section starts."""

    folder: Path
    decoded: Decoded
    best_ms: int

    @property
    def original(self) -> Path:
        return self.folder / "original.flac"

    @property
    def rendition(self) -> Path:
        return self.folder / "rendition.mp3"

    @property
    def spectrum(self) -> Path:
        return self.folder / "spectrum.bin"


@cache
def fingerprint(*folders: Path) -> str:
    """A hash of the sources in some folders: other code makes other music."""
    digest = hashlib.sha256(av.__version__.encode() + np.__version__.encode())
    for folder in folders:
        for file in sorted(folder.rglob("*.py")):
            digest.update(file.relative_to(folder).as_posix().encode() + file.read_bytes())
    return digest.hexdigest()


def key(parts: Iterable[object], *folders: Path) -> str:
    said = json.dumps([*map(str, parts), fingerprint(*folders)])
    return hashlib.sha256(said.encode()).hexdigest()[:40]


def press(order: Order, shelf: Path, limits: Limits) -> Pressing:
    """The pressing of an order, made now or kept from before. A crash leaves nothing half made under the key."""
    name = key((order.style, order.seed, order.seconds), HERE / "music", ROOT / "audio" / "decoder")
    folder = shelf / name[:2] / name
    if not (folder / FACTS).exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=shelf, prefix="pressing-") as work:
            _make(order, Path(work), limits)
            shutil.rmtree(folder, ignore_errors=True)
            Path(work).rename(folder)
            Path(work).mkdir()  # for the context manager to remove
    return _read(folder)


def _make(order: Order, folder: Path, limits: Limits) -> None:
    piece = compose(order.style, order.seed, order.seconds)
    original = folder / "original.flac"
    write_flac(original, piece.audio)
    with (
        original.open("rb") as source,
        (folder / "rendition.mp3").open("w+b") as mp3,
        (folder / "spectrum.bin").open("w+b") as spectrum,
    ):
        decoded = decode(source, mp3, spectrum, limits=limits)
    facts = asdict(decoded) | {"peaks": decoded.peaks.hex(), "walls": sorted(decoded.walls)}
    (folder / FACTS).write_text(json.dumps({"decoded": facts, "best_ms": piece.best_ms}))
    folder.chmod(0o755)


def _read(folder: Path) -> Pressing:
    told = json.loads((folder / FACTS).read_text())
    facts = told["decoded"]
    facts |= {"peaks": bytes.fromhex(facts["peaks"]), "walls": frozenset(facts["walls"])}
    return Pressing(folder, Decoded(**facts | {"tags": Tags(**facts["tags"])}), told["best_ms"])


def write_flac(path: Path, audio: NDArray[np.float32]) -> None:
    """Write float audio of shape (samples, 2) as 16-bit FLAC at 44.1 kHz."""
    pcm = np.round(audio * 32767).astype(np.int16)
    with av.open(os.fspath(path), "w", format="flac") as container:
        stream = container.add_stream(
            "flac", rate=SAMPLE_RATE, layout="stereo", options={"compression_level": "3"}
        )
        step = stream.codec_context.frame_size or 4608
        for start in range(0, len(pcm), step):
            block = np.ascontiguousarray(pcm[start : start + step]).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(block, format="s16", layout="stereo")
            frame.sample_rate, frame.pts = SAMPLE_RATE, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
