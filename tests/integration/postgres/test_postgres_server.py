"""The embedded server: roles, one owner, leftovers, and the messages that say what to do."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr

from lumiku.core.settings import DatabaseSettings
from lumiku.postgres import reach
from lumiku.postgres import server as server_module
from lumiku.postgres.account import choose_account
from lumiku.postgres.binaries import find_binaries
from lumiku.postgres.errors import AlreadyRunning, NeverStarted, NotReachable, OtherMajor, ServerFailed
from lumiku.postgres.leftovers import members
from lumiku.postgres.reach import reachable_database
from lumiku.postgres.server import PostgresServer
from lumiku.postgres.settings import PostgresSettings
from lumiku.postgres.spawn import spawn
from lumiku.postgres.urls import embedded_urls
from support.postgres_accounts import ROOT, WHEEL, data_folder, needs_root, runner


@pytest.fixture(scope="module")
def shared() -> Iterator[PostgresServer]:
    """One that runs; tests leave it running."""
    with data_folder() as folder:
        server = PostgresServer(folder, PostgresSettings())
        server.start()
        yield server
        server.stop()


def one(url: str, query: str) -> object:
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchone()[0]


def test_each_role_may_do_its_part_and_no_more(shared: PostgresServer) -> None:
    urls = shared.urls
    assert one(urls.owner, "SELECT current_user") == "lumiku_owner"
    assert one(urls.app, "SELECT current_user") == "lumiku_app"
    assert (
        one(urls.owner, "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'lumiku'")
        == "lumiku_owner"
    )
    for url in (urls.owner, urls.app):
        assert (
            one(url, "SELECT rolsuper OR rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname = user")
            is False
        )
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        one(urls.app, "CREATE TABLE mine (n int); SELECT 1")


def test_a_password_is_needed_also_on_this_machine(shared: PostgresServer) -> None:
    for url in (shared.urls.app, shared.urls.owner, shared.urls.superuser):
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(url, password="guessed")
    assert (
        one(shared.urls.superuser, "SELECT count(*) FROM pg_authid WHERE rolpassword LIKE 'SCRAM-SHA-256%'")
        == 3
    )


def test_nothing_can_be_read_by_others(shared: PostgresServer) -> None:
    layout = shared.layout
    for path in (layout.socket, layout.cluster(18), layout.password("lumiku_app").parent):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
    for path in (layout.password("lumiku_owner"), layout.state, layout.log, layout.lock):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not stat.S_IMODE(layout.home.stat().st_mode) & 0o066
    assert layout.password("lumiku_app").read_text() not in repr(shared.urls)


def test_it_is_safe_against_crashes_and_in_a_session_of_its_own(shared: PostgresServer) -> None:
    for setting in ("fsync", "full_page_writes", "synchronous_commit", "data_checksums"):
        assert one(shared.urls.owner, f"SHOW {setting}") == "on"
    assert one(shared.urls.owner, "SHOW listen_addresses") == ""
    assert os.getsid(shared.process.pid) == shared.process.pid != os.getsid(0)


def test_the_log_names_no_ones_data(shared: PostgresServer) -> None:
    with psycopg.connect(shared.urls.owner) as connection:
        connection.execute("CREATE TEMP TABLE people (mail text PRIMARY KEY)")
        connection.execute("INSERT INTO people VALUES (%s)", ["anna@example.org"])
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO people VALUES (%s)", ["anna@example.org"])
    said = shared.layout.log.read_text()
    assert "duplicate key" in said
    assert "anna" not in said
    assert "SCRAM" not in said


def test_a_second_owner_is_told_of_the_first(shared: PostgresServer) -> None:
    with pytest.raises(AlreadyRunning, match=f"process {os.getpid()} runs .* already; stop it"):
        PostgresServer(shared.layout.data, PostgresSettings()).start()
    assert one(shared.urls.app, "SELECT 1") == 1


def test_a_command_uses_the_server_that_runs(shared: PostgresServer) -> None:
    data = shared.layout.data
    with reachable_database(data, DatabaseSettings(), PostgresSettings()) as urls:
        assert urls == shared.urls
    assert shared.running


def test_a_command_starts_and_stops_what_does_not_run(data: Path) -> None:
    with pytest.raises(NeverStarted), reachable_database(data, DatabaseSettings(), PostgresSettings()):
        pass
    assert list(data.iterdir()) == []
    with reachable_database(data, DatabaseSettings(), PostgresSettings(), create=True) as urls:
        assert one(urls.app, "SELECT 1") == 1
    assert not members(data / "postgres" / "18")


def test_a_server_that_ended_is_started_again_by_its_owner(server: PostgresServer) -> None:
    server.start()
    first = server.process
    first.send_signal(signal.SIGKILL)
    first.wait(30)
    assert not server.running
    server.start()
    assert server.process.pid != first.pid
    assert one(server.urls.app, "SELECT 1") == 1


def test_lost_roles_come_back(server: PostgresServer) -> None:
    server.start()
    with psycopg.connect(server.urls.superuser, autocommit=True, dbname="postgres") as connection:
        connection.execute("ALTER ROLE lumiku_app PASSWORD 'other' SUPERUSER")
    server.stop()
    server.start()
    assert one(server.urls.app, "SELECT rolsuper FROM pg_roles WHERE rolname = user") is False


def live_number(server: PostgresServer) -> subprocess.Popen[bytes]:
    """A process of the server's account that has nothing to do with it, in its pid file."""
    account = choose_account(None, server.layout.cluster(18))
    process = spawn([shutil.which("sleep"), "600"], account, cwd=Path("/"), stderr=subprocess.DEVNULL)
    pid_file = server.layout.cluster(18) / "postmaster.pid"
    pid_file.write_text(f"{process.pid}\n{server.layout.cluster(18)}\n1\n5432\n\n\n  5432  1\nready   \n")
    (server.layout.socket / ".s.PGSQL.5432.lock").write_text(f"{process.pid}\n")
    return process


def test_a_pid_file_with_a_living_strangers_number(
    server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.start()
    server.stop()
    stranger = live_number(server)
    try:
        with monkeypatch.context() as patch:  # what PostgreSQL makes of it by itself
            patch.setattr(server_module, "clear_leftovers", lambda _cluster: None)
            with pytest.raises(ServerFailed, match="lock file"):
                server.start()
        server.start()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait(30)


def test_a_server_without_an_owner_is_stopped(server: PostgresServer) -> None:
    server.start()
    server.stop()
    account = choose_account(None, server.layout.cluster(18))
    command = [
        find_binaries(None).program("postgres"),
        "-D",
        server.layout.cluster(18),
        "-k",
        server.layout.socket,
    ]
    orphan = spawn([*command, "-c", "listen_addresses="], account, cwd=Path("/"), stderr=subprocess.DEVNULL)
    try:
        while not server_module.is_ready(server.layout.cluster(18), orphan.pid):
            assert orphan.poll() is None
        server.start()
        assert orphan.wait(30) == 0
        assert one(server.urls.app, "SELECT 1") == 1
    finally:
        orphan.kill()
        orphan.wait(30)


def test_a_killed_first_start_leaves_nothing_in_the_way(server: PostgresServer, data: Path) -> None:
    home = data / "postgres"
    process = subprocess.Popen(
        [sys.executable, ROOT / "tests" / "support" / "postgres_owner.py", "own", data]
    )
    while not list(home.glob(".unfinished-*/base")):
        assert process.poll() is None
    process.kill()
    process.wait(30)
    assert not (home / "18").exists()
    server.start()
    assert one(server.urls.app, "SELECT 1") == 1
    assert not list(home.glob(".unfinished-*"))


def test_a_long_path_has_a_short_socket() -> None:
    with data_folder() as folder:
        deep = folder / ("deep" * 20) / ("deeper" * 10)
        server = PostgresServer(deep, PostgresSettings())
        try:
            server.start()
            assert one(embedded_urls(deep).app, "SELECT 1") == 1
            assert server.layout.socket.parent == Path("/tmp")
            assert stat.S_IMODE(server.layout.socket.stat().st_mode) == 0o700
        finally:
            server.stop()
            shutil.rmtree(server.layout.socket)


def test_a_taken_port_is_named(data: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        server = PostgresServer(data, PostgresSettings(port=taken.getsockname()[1]))
        with pytest.raises(ServerFailed, match="could not create any TCP/IP sockets"):
            server.start()


@needs_root
def test_binaries_in_a_private_home_are_copied(data: Path) -> None:
    private = Path(tempfile.mkdtemp(prefix="lumiku-home-", dir="/tmp"))
    try:
        assert stat.S_IMODE(private.stat().st_mode) == 0o700
        package = private / WHEEL.name
        shutil.copytree(WHEEL / "pginstall18", package / "pginstall18")
        shutil.copytree(WHEEL.parent / f"{WHEEL.name}.libs", private / f"{WHEEL.name}.libs")
        server = PostgresServer(data, PostgresSettings(binaries=package / "pginstall18" / "bin"))
        try:
            server.start()
            assert one(server.urls.app, "SELECT 1") == 1
            running = Path(f"/proc/{server.process.pid}/exe").resolve()
            assert running.is_relative_to(server.layout.copied_binaries)
        finally:
            server.stop()
        assert stat.S_IMODE(private.stat().st_mode) == 0o700
    finally:
        shutil.rmtree(private)


@needs_root
def test_a_data_folder_in_a_private_home_is_refused_and_not_opened(tmp_path: Path) -> None:
    private = tmp_path / "home"
    private.mkdir(mode=0o700)
    with pytest.raises(NotReachable, match=r"cannot enter .*; choose a data folder outside it"):
        PostgresServer(private / "data", PostgresSettings()).start()
    assert stat.S_IMODE(private.stat().st_mode) == 0o700


@needs_root
def test_a_folder_of_roots_is_refused_to_others(shared: PostgresServer) -> None:
    with runner("ordinary").start("own", shared.layout.data) as other:
        said = other.communicate(timeout=60)[1]
    assert other.returncode == 1
    assert "DATABASE_FOLDER_UNREACHABLE" in said
    assert "run as root" in said


def test_an_external_server_that_is_too_old_is_refused(
    shared: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    external = DatabaseSettings(url=SecretStr(shared.urls.app))
    with reachable_database(Path("/nowhere"), external, PostgresSettings()) as urls:
        assert urls.app == urls.owner == shared.urls.app
    monkeypatch.setattr(reach, "OLDEST_MAJOR", 99)
    with (
        pytest.raises(OtherMajor, match="PostgreSQL 18; Lumiku needs 99 or newer"),
        reachable_database(Path("/nowhere"), external, PostgresSettings()),
    ):
        pass


@needs_root
def test_a_server_of_root_is_not_root(shared: PostgresServer) -> None:
    assert Path(f"/proc/{shared.process.pid}").stat().st_uid != 0
    assert shared.layout.password("lumiku_owner").stat().st_uid == 0
    with pytest.raises(NotReachable, match="refuses to run as root"):
        choose_account("root", shared.layout.cluster(99))
    with pytest.raises(NotReachable, match="no account nosuchuser"):
        choose_account("nosuchuser", shared.layout.cluster(99))
