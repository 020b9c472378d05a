"""A full disk: what is said, and that freeing space is all it takes."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from lumiku.postgres.backup import backup
from lumiku.postgres.binaries import find_binaries
from lumiku.postgres.errors import DiskFull
from lumiku.postgres.server import PostgresServer
from lumiku.postgres.settings import PostgresSettings
from support.postgres_accounts import data_folder, needs_root, small_disk

MEGABYTE = 1_000_000


@needs_root
def test_no_room_for_the_first_start() -> None:
    with small_disk("20m") as disk:
        server = PostgresServer(disk, PostgresSettings())
        with pytest.raises(DiskFull, match=r"the disk is full .*; free some space and start again"):
            server.start()
        assert not list((disk / "postgres").glob(".unfinished-*"))
        subprocess.run(["mount", "-o", "remount,size=200m", disk], check=True)
        try:
            server.start()
        finally:
            server.stop()


@needs_root
def test_a_disk_that_fills_while_rows_are_confirmed() -> None:
    with small_disk("120m") as disk:
        server = PostgresServer(disk, PostgresSettings())
        try:
            server.start()
            confirmed = fill(server)
            server.stop()
            write_all(disk / "filler")
            with pytest.raises(DiskFull, match="free some space and start again"):
                server.start()
            subprocess.run(["mount", "-o", "remount,size=240m", disk], check=True)
            server.start()
            with psycopg.connect(server.urls.owner) as connection:
                kept = {number for (number,) in connection.execute("SELECT n FROM confirmed")}
            assert confirmed
            assert confirmed <= kept
        finally:
            server.stop()


@needs_root
def test_no_room_for_a_backup(tmp_path: Path) -> None:
    with data_folder() as data, small_disk("1m") as disk:
        server = PostgresServer(data, PostgresSettings())
        try:
            server.start()
            with psycopg.connect(server.urls.owner, autocommit=True) as connection:
                connection.execute(
                    "CREATE TABLE noise AS SELECT gen_random_uuid() FROM generate_series(1, 100000)"
                )
            with pytest.raises(DiskFull, match="no room for the backup"):
                backup(server.urls, disk / "monday", find_binaries(None))
            assert list(disk.iterdir()) == []
        finally:
            server.stop()


def test_a_limit_on_the_size_of_files_is_a_full_disk() -> None:
    program = (
        "import sys\nfrom pathlib import Path\nfrom lumiku.postgres.server import *\n"
        "from lumiku.postgres.errors import DiskFull\n"
        "try: PostgresServer(Path(sys.argv[1]), PostgresSettings()).start()\n"
        "except DiskFull as error: print(error.message)"
    )
    with data_folder() as data:
        done = subprocess.run(
            [sys.executable, "-c", program, data],
            capture_output=True,
            text=True,
            check=True,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (MEGABYTE, MEGABYTE)),
        )
    assert "the disk is full" in done.stdout


def fill(server: PostgresServer) -> set[int]:
    """Insert until it fails; gives the confirmed numbers."""
    confirmed: set[int] = set()
    try:
        with psycopg.connect(server.urls.owner, autocommit=True) as connection:
            connection.execute("CREATE TABLE confirmed (n int PRIMARY KEY, noise bytea)")
            for number in range(100_000):
                connection.execute("INSERT INTO confirmed VALUES (%s, %s)", [number, os.urandom(100_000)])
                confirmed.add(number)
    except (psycopg.errors.DiskFull, psycopg.OperationalError):
        return confirmed
    raise AssertionError("the disk did not fill")


def write_all(path: Path) -> None:
    """Take the last byte."""
    with path.open("wb", buffering=0) as file:
        for size in (MEGABYTE, 4096, 1):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue
