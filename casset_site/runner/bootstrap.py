"""Make the virtual environment ready, then hand over to `casset_site.runner` inside it.

Runs under a bare interpreter: standard library only, in a syntax that older Pythons still parse,
so that the wrong version gets a sentence and not a traceback.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import NoReturn

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST, TOO_NEW = (3, 11), (3, 13)
LOCKS = {"run": "requirements.lock", "dev": "requirements-dev.lock"}
STARTED = float(os.environ.get("CASSET_STARTED") or time.time())


class SetupError(Exception):
    """Something the reader has to put right; the message says what."""


def say(message: str) -> None:
    sys.stdout.write(f"[{time.time() - STARTED:6.2f} s] {message}\n")
    sys.stdout.flush()


def profile_of(command: str) -> str:
    """Running the site needs the runtime lock; everything else the development lock."""
    return "run" if command == "run" else "dev"


def version_complaint(version: tuple[int, int]) -> str | None:
    """None when Casset runs on this Python, else a sentence for the reader."""
    if OLDEST <= version < TOO_NEW:
        return None
    return (
        f"Casset needs Python 3.11 or 3.12, and this is Python {version[0]}.{version[1]}. "
        "Install one of them and name it: make run PYTHON=python3.12"
    )


def digests(root: Path) -> dict[str, str]:
    """Content of each lock file, by profile."""
    return {name: hashlib.sha256((root / lock).read_bytes()).hexdigest() for name, lock in LOCKS.items()}


def read_stamp(venv: Path) -> dict[str, str]:
    """What was last installed completely, by profile; empty when nothing was, or an install broke off."""
    try:
        stamp = json.loads((venv / "casset-installed.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {} if (venv / "casset-installing").exists() or not isinstance(stamp, dict) else stamp


def is_installed(profile: str, root: Path = ROOT) -> bool:
    wanted = digests(root)[profile]
    return read_stamp(root / ".venv").get(profile) == wanted and os.access(root / ".venv/bin/python", os.X_OK)


def write_stamp(profile: str, root: Path = ROOT) -> None:
    """The development lock contains the runtime lock, so installing it settles both."""
    found = digests(root)
    stamp = found if profile == "dev" else {**read_stamp(root / ".venv"), "run": found["run"]}
    (root / ".venv/casset-installed.json").write_text(json.dumps(stamp), encoding="utf-8")


def attempt(*command: str, quiet: bool = False) -> bool:
    """Whether the command succeeded; `quiet` hides what it says."""
    output = subprocess.DEVNULL if quiet else None
    result = subprocess.run(command, check=False, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    return result.returncode == 0


def other_python() -> str | None:
    """A fitting interpreter beside the wrong one, if it really starts."""
    found = (shutil.which(name) for name in ("python3.12", "python3.11"))
    return next((path for path in found if path and attempt(path, "-c", "", quiet=True)), None)


def venv_works() -> bool:
    test = f"import sys; sys.exit(not ({OLDEST} <= sys.version_info[:2] < {TOO_NEW}))"
    return PYTHON.exists() and attempt(str(PYTHON), "-c", test, quiet=True)


def make_venv() -> None:
    """Create `.venv`, without pip where the distribution split ensurepip off."""
    say("Making the virtual environment .venv")
    venv = [sys.executable, "-m", "venv"]
    if attempt(*venv, str(VENV), quiet=True) or attempt(*venv, "--without-pip", str(VENV), quiet=True):
        return
    raise SetupError(
        "This Python cannot make virtual environments. On Debian or Ubuntu: apt-get install python3-venv. "
        "Elsewhere: install Python 3.11 or 3.12 with its standard `venv` and `ensurepip` modules."
    )


def pip_command() -> list[str] | None:
    """Pip of the virtual environment, or an outer pip aimed at it, or None."""
    commands = [[str(PYTHON), "-m", "pip"], [sys.executable, "-m", "pip", "--python", str(PYTHON)]]
    return next((pip for pip in commands if attempt(*pip, "--version", quiet=True)), None)


def find_uv(pip: list[str] | None) -> str | None:
    """The virtual environment's own uv, installed now if need be; else one on the PATH; else None."""
    own = VENV / "bin" / "uv"
    if not own.exists() and pip:
        say("Installing uv, the fast installer")
        flags = ["--quiet", "--disable-pip-version-check", "--require-hashes"]
        attempt(*pip, "install", *flags, "-r", str(ROOT / "requirements-uv.lock"), quiet=True)
    return str(own) if own.exists() else shutil.which("uv")


def install_packages(profile: str) -> None:
    pip = pip_command()
    uv = find_uv(pip)
    if pip is None and uv is None:
        raise SetupError(
            "This Python has neither ensurepip nor pip, so nothing can be installed. "
            "On Debian or Ubuntu: apt-get install python3-venv. Then run the same command again."
        )
    say(f"Installing the packages of {LOCKS[profile]}")
    flags = ["install", "--quiet", "--require-hashes", "-r", str(ROOT / LOCKS[profile])]
    if uv and attempt(uv, "pip", *flags, "--python", str(PYTHON)):
        return
    say("uv could not do it; trying pip, which takes longer")
    if not (pip and attempt(*pip, *flags, "--disable-pip-version-check")):
        raise SetupError(
            "The packages could not be installed (the reason is above). "
            "Check the connection to the package index and run the same command again."
        )


def install(profile: str) -> None:
    """Bring `.venv` to the lock; a marker outlives an interruption, and then all is made anew."""
    complaint = version_complaint(sys.version_info[:2])
    if complaint:
        raise SetupError(complaint)
    marker = VENV / "casset-installing"
    if marker.exists():
        say("The last installation was interrupted; starting it anew")
    if marker.exists() or not venv_works():
        shutil.rmtree(str(VENV), ignore_errors=True)
    VENV.mkdir(exist_ok=True)
    marker.touch()
    if not PYTHON.exists():
        make_venv()
    install_packages(profile)
    marker.unlink()
    write_stamp(profile)
    say("Packages ready")


@contextlib.contextmanager
def only_one_installer() -> Iterator[None]:
    """Two commands started together must not install into one environment at once."""
    import fcntl  # noqa: PLC0415  (absent on Windows, where main() has already said so)

    folder = ROOT / ".casset"
    folder.mkdir(exist_ok=True)
    with (folder / "install.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def enter(arguments: list[str]) -> NoReturn:
    os.environ["CASSET_STARTED"] = str(STARTED)
    os.chdir(str(ROOT))
    os.execv(str(PYTHON), [str(PYTHON), "-m", "casset_site.runner", *arguments])  # noqa: S606  (no shell wanted)


def main(arguments: list[str]) -> None:
    if os.name != "posix":
        raise SetupError("Casset runs on Linux and macOS. On Windows, use WSL.")
    profile = profile_of(arguments[0] if arguments else "help")
    if not is_installed(profile):
        fitting = other_python() if version_complaint(sys.version_info[:2]) else None
        if fitting:
            os.execv(fitting, [fitting, __file__, *arguments])  # noqa: S606  (no shell wanted)
        with only_one_installer():
            if not is_installed(profile):
                install(profile)
    enter(arguments)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except SetupError as error:
        sys.exit(f"\n{error}")
    except KeyboardInterrupt:
        sys.exit("\nStopped. Run the same command again to go on.")
