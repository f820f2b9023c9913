"""One terminal for many processes: elapsed times for our own lines, names for the children's."""

import os
import sys
import time
from pathlib import Path

STARTED = float(os.environ.get("CASSET_STARTED") or time.time())
COLOURS = {"web": 36, "worker": 35, "beat": 33, "relay": 32, "casset": 34, "problem": 31}
NAME_WIDTH = 9


def write(text: str) -> None:
    """Losing the terminal (a closed pipe) must not stop the site."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError:
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  (for the rest of our life)


def painted(text: str, name: str) -> str:
    """`text` in the colour of `name` on a terminal, as it is elsewhere or under NO_COLOR."""
    if os.environ.get("NO_COLOR") or not sys.stdout.isatty():
        return text
    return f"\x1b[{COLOURS.get(name, 37)}m{text}\x1b[0m"


def say(message: str, name: str = "casset") -> None:
    elapsed = f"[{time.time() - STARTED:6.2f} s]"
    write(f"{painted(elapsed, name)} {message}\n")


def relay_line(name: str, line: str) -> None:
    write(f"{painted(f'{name:<{NAME_WIDTH}}|', name)} {line}\n")
