"""Folders of other major versions: refused untouched, and brought up by `lumiku db upgrade`."""

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from lumiku.postgres.binaries import find_major
from lumiku.postgres.errors import AlreadyRunning, BinariesMissing, NeverStarted, OtherMajor
from lumiku.postgres.server import PostgresServer
from lumiku.postgres.settings import PostgresSettings
from lumiku.postgres.upgrade import Upgraded, upgrade
from support.command_line import COMMAND
from support.postgres_accounts import OLDER, data_folder

ROWS = 1000


@pytest.fixture
def old(data: Path) -> Iterator[PostgresServer]:
    """A server of the older major version, stopped, with rows."""
    server = PostgresServer(data, PostgresSettings(binaries=OLDER))
    server.start()
    with psycopg.connect(server.urls.owner) as connection:
        connection.execute("CREATE TABLE kept (n int PRIMARY KEY)")
        connection.execute("INSERT INTO kept SELECT generate_series(1, %s)", [ROWS])
        connection.execute("GRANT SELECT ON kept TO lumiku_app")
    server.stop()
    yield server
    server.stop()


def rows(data: Path, settings: PostgresSettings) -> int:
    server = PostgresServer(data, settings)
    server.start()
    try:
        with psycopg.connect(server.urls.app) as connection:
            return connection.execute("SELECT count(*) FROM kept").fetchone()[0]
    finally:
        server.stop()


def names(data: Path) -> set[str]:
    return {str(path.relative_to(data)) for path in data.rglob("*")}


def refused(data: Path, says: str) -> None:
    before = names(data)
    with pytest.raises(OtherMajor, match=says):
        PostgresServer(data, PostgresSettings()).start()
    assert names(data) == before


def test_an_older_folder_is_refused_then_upgraded(old: PostgresServer, data: Path) -> None:
    refused(data, r"PostgreSQL 16, and this Lumiku brings 18; nothing was changed\. Run `lumiku db upgrade`")
    assert upgrade(data, PostgresSettings()) == Upgraded(16, 18, old.layout.cluster(16))
    assert rows(data, PostgresSettings()) == ROWS
    assert upgrade(data, PostgresSettings()) == Upgraded(18, 18, None)
    refused_by_older(data)


def refused_by_older(data: Path) -> None:
    with pytest.raises(OtherMajor, match="Use the newer Lumiku again"):
        PostgresServer(data, PostgresSettings(binaries=OLDER)).start()


def test_one_that_was_killed_is_recovered_first(old: PostgresServer, data: Path) -> None:
    old.start()
    old.process.send_signal(signal.SIGKILL)
    old.process.wait(30)
    with pytest.raises(AlreadyRunning):
        upgrade(data, PostgresSettings())
    old.stop()
    upgrade(data, PostgresSettings())
    assert rows(data, PostgresSettings()) == ROWS


def test_one_under_our_name_is_known_by_what_is_in_it(old: PostgresServer, data: Path) -> None:
    old.layout.cluster(16).rename(old.layout.cluster(18))
    refused(data, "Run `lumiku db upgrade`")
    upgrade(data, PostgresSettings())
    assert rows(data, PostgresSettings()) == ROWS


def test_a_kill_leaves_the_old_files_in_use(old: PostgresServer, data: Path) -> None:
    command = [*COMMAND, "db", "upgrade", "--data", data]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    while not list(data.glob("postgres/.unfinished-*/pg_upgrade_output.d")):
        assert process.poll() is None
    process.kill()
    process.wait(30)
    assert rows(data, PostgresSettings(binaries=OLDER)) == ROWS
    upgrade(data, PostgresSettings())
    assert rows(data, PostgresSettings()) == ROWS


def test_a_newer_folder_is_refused(data: Path) -> None:
    newer = data / "postgres" / "19"
    newer.mkdir(parents=True)
    (newer / "PG_VERSION").write_text("19\n")
    refused(data, "PostgreSQL 19, and this Lumiku brings 18; nothing was changed")
    with pytest.raises(OtherMajor, match="Use the newer Lumiku again"):
        upgrade(data, PostgresSettings())


def test_a_strangers_folder_is_refused(data: Path) -> None:
    (data / "postgres").mkdir()
    (data / "postgres" / "PG_VERSION").write_text("18\n")
    refused(data, "that Lumiku did not make")


def test_what_is_missing_is_named() -> None:
    with data_folder() as data, pytest.raises(NeverStarted):
        upgrade(data, PostgresSettings())
    with pytest.raises(BinariesMissing, match=r"--from-binaries /usr/lib/postgresql/9/bin"):
        find_major(9, None)
    with pytest.raises(BinariesMissing, match=f"{OLDER} holds no PostgreSQL 9"):
        find_major(9, OLDER)
