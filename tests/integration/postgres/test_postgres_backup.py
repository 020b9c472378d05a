"""Backups are whole or not there; a restore is compared, migrated, swapped in; what was there is kept."""

import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from lumiku.core.db import Database
from lumiku.core.settings import DatabaseSettings
from lumiku.migrations.run import migrate
from lumiku.migrations.verify import verify
from lumiku.postgres import restore as restore_module
from lumiku.postgres.backup import backup
from lumiku.postgres.binaries import Binaries, find_binaries
from lumiku.postgres.errors import BadBackup, NotEmpty, ServerFailed
from lumiku.postgres.layout import APP_ROLE
from lumiku.postgres.manifest import DUMP_FILE, MANIFEST_FILE, Manifest, read_manifest
from lumiku.postgres.restore import Restored, restore
from lumiku.postgres.server import PostgresServer
from lumiku.postgres.settings import PostgresSettings
from lumiku.postgres.urls import DatabaseUrls
from support.command_line import COMMAND
from support.database import create_empty, url_of
from support.postgres_accounts import data_folder

PEOPLE = 25


@pytest.fixture(scope="module")
def binaries() -> Binaries:
    return find_binaries(None)


@pytest.fixture(scope="module")
def running() -> Iterator[PostgresServer]:
    with data_folder() as folder:
        server = PostgresServer(folder, PostgresSettings())
        server.start()
        yield server
        server.stop()


@pytest.fixture
def urls(running: PostgresServer) -> DatabaseUrls:
    """An embedded database with the schema and a few people; the only one on the server."""
    with psycopg.connect(running.urls.superuser, dbname="postgres", autocommit=True) as connection:
        for (name,) in connection.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'lumiku%'"
        ).fetchall():
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    running.stop()
    running.start()
    migrate(running.urls.owner, APP_ROLE)
    add_people(running.urls, PEOPLE)
    return running.urls


@pytest.fixture
def saved(urls: DatabaseUrls, binaries: Binaries, tmp_path: Path) -> Path:
    backup(urls, tmp_path / "saved", binaries)
    return tmp_path / "saved"


def add_people(urls: DatabaseUrls, count: int) -> None:
    with psycopg.connect(urls.app) as connection:
        connection.execute(
            "INSERT INTO users (id, email, name, password_hash) SELECT gen_random_uuid(), "
            "gen_random_uuid() || '@example.org', 'Anna', 'x' FROM generate_series(1, %s)",
            [count],
        )


def people(url: str) -> int:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT count(*) FROM users").fetchone()[0]


def databases(urls: DatabaseUrls) -> set[str]:
    with psycopg.connect(urls.superuser or urls.owner, dbname="postgres") as connection:
        return {name for (name,) in connection.execute("SELECT datname FROM pg_database")} - {
            "postgres",
            "template0",
            "template1",
        }


def put_back(urls: DatabaseUrls, saved: Path, binaries: Binaries, *, force: bool) -> Restored:
    return restore(urls, saved, binaries, force=force, finish=lambda owner: migrate(owner, APP_ROLE))


def test_a_backup_says_what_it_holds(saved: Path) -> None:
    manifest = read_manifest(saved)
    assert manifest.tables["public.users"] == PEOPLE
    assert manifest.revision is not None
    assert manifest.bytes == (saved / DUMP_FILE).stat().st_size
    assert "public.rate_limits" not in manifest.tables
    assert not saved.stat().st_mode & 0o077
    assert [path.name for path in saved.parent.iterdir()] == ["saved"]


def test_a_backup_overwrites_nothing(urls: DatabaseUrls, saved: Path, binaries: Binaries) -> None:
    with pytest.raises(NotEmpty, match="is there already"):
        backup(urls, saved, binaries)


async def test_a_restored_database_is_right_in_every_way(
    urls: DatabaseUrls, saved: Path, binaries: Binaries
) -> None:
    add_people(urls, 1)
    with pytest.raises(NotEmpty, match="--force"):
        put_back(urls, saved, binaries, force=False)
    assert people(urls.app) == PEOPLE + 1
    done = put_back(urls, saved, binaries, force=True)
    assert people(urls.app) == PEOPLE
    assert done.kept is not None
    assert databases(urls) == {"lumiku", done.kept}
    assert people(restore_module._address(urls.owner, done.kept)) == PEOPLE + 1
    db = Database(urls.app, DatabaseSettings())
    try:
        assert await verify(db) == []
    finally:
        await db.close()
    with psycopg.connect(urls.app) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("DELETE FROM audit_log")


def test_an_empty_database_needs_no_force_and_is_not_kept(
    running: PostgresServer, saved: Path, binaries: Binaries
) -> None:
    with psycopg.connect(running.urls.superuser, dbname="postgres", autocommit=True) as connection:
        connection.execute("DROP DATABASE lumiku WITH (FORCE)")
    running.stop()
    running.start()
    assert put_back(running.urls, saved, binaries, force=False).kept is None
    assert databases(running.urls) == {"lumiku"}
    assert people(running.urls.app) == PEOPLE


def test_it_is_swapped_in_under_load(urls: DatabaseUrls, saved: Path, binaries: Binaries) -> None:
    ended = threading.Event()

    def load() -> None:
        while not ended.is_set():
            try:
                people(urls.app)
            except psycopg.OperationalError:
                continue

    threads = [threading.Thread(target=load) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        put_back(urls, saved, binaries, force=True)
    finally:
        ended.set()
        for thread in threads:
            thread.join()
    assert people(urls.app) == PEOPLE


def damage_dump(saved: Path) -> None:
    with (saved / DUMP_FILE).open("r+b") as file:
        file.seek(-10, 2)
        file.write(b"\0" * 10)


def damage_manifest(saved: Path) -> None:
    (saved / MANIFEST_FILE).write_text("{}")


def lose_dump(saved: Path) -> None:
    (saved / DUMP_FILE).unlink()


def claim_more(saved: Path) -> None:
    manifest = read_manifest(saved)
    more = manifest.model_copy(update={"tables": {**manifest.tables, "public.users": PEOPLE + 1}})
    (saved / MANIFEST_FILE).write_text(more.model_dump_json())


@pytest.mark.parametrize("damage", [damage_dump, damage_manifest, lose_dump, claim_more])
def test_a_damaged_backup_changes_nothing(
    damage: object, urls: DatabaseUrls, saved: Path, binaries: Binaries
) -> None:
    damage(saved)
    add_people(urls, 2)
    with pytest.raises(BadBackup):
        put_back(urls, saved, binaries, force=True)
    assert databases(urls) == {"lumiku"}
    assert people(urls.app) == PEOPLE + 2


def test_a_failing_migration_changes_nothing(urls: DatabaseUrls, saved: Path, binaries: Binaries) -> None:
    def fail(_: str) -> None:
        raise ServerFailed("the migration failed")

    with pytest.raises(ServerFailed, match="the migration failed"):
        restore(urls, saved, binaries, force=True, finish=fail)
    assert databases(urls) == {"lumiku"}
    assert people(urls.app) == PEOPLE


def test_what_a_killed_restore_left_goes_with_the_next(
    urls: DatabaseUrls, saved: Path, binaries: Binaries
) -> None:
    with psycopg.connect(urls.superuser, dbname="postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE lumiku_restoring_20260101000000")
    done = put_back(urls, saved, binaries, force=True)
    assert databases(urls) == {"lumiku", done.kept}


def test_the_command_line_uses_the_server_that_runs(running: PostgresServer, urls: DatabaseUrls) -> None:
    data = running.layout.data

    def lumiku(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        command = [*COMMAND, "db", *map(str, arguments), "--data", str(data)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    assert lumiku("backup", data / "monday").returncode == 0
    try:
        refused = lumiku("restore", data / "monday")
        assert refused.returncode == 1
        assert "DATABASE_NOT_EMPTY" in refused.stderr
        assert lumiku("restore", data / "monday", "--force").returncode == 0
        assert lumiku("verify").stdout == "the schema is as this release expects it\n"
        assert lumiku("migrate").stdout == "nothing to do\n"
        assert "lumiku_before_" in lumiku("status").stdout
        assert '"pending": []' in lumiku("status", "--json").stdout
        assert lumiku("shell", "--as", "app", "-Atc", "SELECT count(*) FROM users").stdout == f"{PEOPLE}\n"
    finally:
        shutil.rmtree(data / "monday")
    assert running.running


def test_an_external_database(postgres_socket: str, binaries: Binaries, tmp_path: Path) -> None:
    name = create_empty(postgres_socket)
    urls = DatabaseUrls(
        app=url_of(postgres_socket, name, "app"), owner=url_of(postgres_socket, name, "owner")
    )
    migrate(urls.owner, "app")
    add_people(urls, PEOPLE)
    manifest: Manifest = backup(urls, tmp_path / "saved", binaries)
    assert manifest.tables["public.users"] == PEOPLE
    with pytest.raises(ServerFailed, match="permission denied to create database"):
        restore(urls, tmp_path / "saved", binaries, force=True)
    assert people(urls.app) == PEOPLE
