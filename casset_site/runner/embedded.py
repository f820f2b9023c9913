"""The servers that Casset brings along: started where no address of one is given."""

import hashlib
import os
import shutil
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from casset_site.runner import binaries, children
from casset_site.runner.children import Account
from casset_site.runner.errors import RunnerError
from casset_site.runner.postgres import PostgresServer
from casset_site.runner.valkey import ValkeyServer

Server = PostgresServer | ValkeyServer
SYSTEM_STATE = Path("/var/lib")
LONGEST_SOCKET_FOLDER = 80  # a unix socket's whole path may have 103 characters on macOS, 107 on Linux


class EmbeddedServers:
    """PostgreSQL unless DATABASE_URL is set, Valkey unless REDIS_URL is; both live as long as this process.

    `root` holds data and logs. Not durable means settings for throw-away data.
    """

    def __init__(self, root: Path, *, durable: bool) -> None:
        self.servers: dict[str, Server] = {}
        wanted = [name for name in ("DATABASE_URL", "REDIS_URL") if not os.environ.get(name)]
        if not wanted:
            self.sockets = None
            return
        root.mkdir(parents=True, exist_ok=True)
        account = children.account_for(root / "postgres")
        home = home_of_data(root, account)
        self.sockets = socket_folder(root, account)
        if "DATABASE_URL" in wanted:
            self.servers["DATABASE_URL"] = PostgresServer(home, self.sockets, account, durable=durable)
        if "REDIS_URL" in wanted:
            self.servers["REDIS_URL"] = ValkeyServer(home, self.sockets, account)

    @property
    def urls(self) -> dict[str, str]:
        """Environment variables that lead to the servers."""
        return {name: server.url for name, server in self.servers.items()}

    def start(self) -> None:
        for server in self.servers.values():
            server.launch()
        for server in self.servers.values():
            server.wait_until_ready()

    def stop(self) -> None:
        """The queue first, the database last."""
        for server in reversed(self.servers.values()):
            server.stop()
        if self.sockets:
            shutil.rmtree(self.sockets, ignore_errors=True)

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def home_of_data(root: Path, account: Account | None) -> Path:
    """`root`; where the servers' user cannot get there, a system folder that `root/postgres` links to."""
    if account is None or binaries.reachable(root, account):
        return root
    name = hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:12]
    home = SYSTEM_STATE / f"casset-{name}"
    try:
        if not home.exists():
            home.mkdir()
            home.chmod(0o711)
    except OSError as error:
        raise RunnerError(
            f"{root} cannot be reached by the unprivileged user that PostgreSQL runs as, and {home} could "
            f"not be made ({error.strerror}). Set CASSET_DATA_DIR to a folder that every user may enter."
        ) from error
    if home.stat().st_uid != os.geteuid():
        raise RunnerError(f"{home} belongs to another user. Set CASSET_DATA_DIR to a folder of your own.")
    link = root / "postgres"
    if not link.is_symlink():
        link.symlink_to(home / "postgres")
    return home


def socket_folder(root: Path, account: Account | None) -> Path:
    """A new private folder with a short name; `root/sockets` links to it. A killed predecessor's is removed."""
    link = root / "sockets"
    if link.is_symlink():
        shutil.rmtree(link.readlink(), ignore_errors=True)
        link.unlink()
    base = Path(tempfile.gettempdir())
    if len(str(base)) > LONGEST_SOCKET_FOLDER - 16 or (account and not binaries.reachable(base, account)):
        base = Path("/tmp")  # noqa: S108  (the name below it is random and private)
    folder = Path(tempfile.mkdtemp(prefix="casset-", dir=base))
    link.symlink_to(folder)
    if account:
        os.chown(folder, account.uid, account.gid)
    return folder
