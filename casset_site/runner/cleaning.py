"""`make clean`: remove local data and caches. Standard library only; needs no virtual environment."""

import fcntl
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHES = (".mypy_cache", ".ruff_cache", ".pytest_cache", ".import_linter_cache", ".hypothesis", "htmlcov")


def main() -> None:
    data = ROOT / ".casset"
    if data.exists():
        with (data / "run.lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                sys.exit("Casset is running here; stop it first.")
            elsewhere = data / "postgres"
            if elsewhere.is_symlink():
                shutil.rmtree(elsewhere.resolve().parent, ignore_errors=True)
            shutil.rmtree(data)
    for cache in CACHES:
        shutil.rmtree(ROOT / cache, ignore_errors=True)
    sys.stdout.write("Local data and caches are gone; the virtual environment stays.\n")


if __name__ == "__main__":
    main()
