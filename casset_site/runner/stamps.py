"""Which preparations are still valid: a fingerprint of what each was made from."""

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path


class Stamps:
    """Fingerprints of finished steps, kept in one small file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def is_current(self, step: str, fingerprint: str) -> bool:
        return self._read().get(step) == fingerprint

    def record(self, step: str, fingerprint: str) -> None:
        stamps = {**self._read(), step: fingerprint}
        unfinished = self.path.with_suffix(".new")
        unfinished.write_text(json.dumps(stamps, indent=1), encoding="utf-8")
        unfinished.replace(self.path)

    def _read(self) -> dict[str, str]:
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}


def fingerprint(*sources: Path, also: str = "") -> str:
    """Of the names, sizes and times of all files at or below `sources`, without reading them."""
    digest = hashlib.sha256(also.encode())
    for source in sources:
        for path, stat in sorted(_files(source)):
            digest.update(f"{path}\0{stat}\n".encode())
    return digest.hexdigest()


def _files(source: Path) -> Iterator[tuple[str, str]]:
    if source.is_file():
        yield str(source), _size_and_time(source)
    for folder, subfolders, names in os.walk(source):
        subfolders[:] = [name for name in subfolders if name != "__pycache__"]
        for name in names:
            path = Path(folder, name)
            yield str(path), _size_and_time(path)


def _size_and_time(path: Path) -> str:
    try:
        stat = path.stat()
    except OSError:
        return "gone"
    return f"{stat.st_size} {stat.st_mtime_ns}"
