"""Programs get a clean environment and the password aside, and their last words are understood."""

import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from lumiku.postgres.errors import BinariesMissing, DiskFull, ServerFailed
from lumiku.postgres.reach import database_name, tool_address
from lumiku.postgres.spawn import clean_environment, failure, run_tool

Usage = namedtuple("Usage", "total used free")


def test_nothing_of_the_callers_postgres_gets_in(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "PGDATA",
        "PGHOST",
        "PGPASSWORD",
        "PGOPTIONS",
        "LUMIKU_DATABASE__URL",
        "LC_MESSAGES",
        "LANG",
    ):
        monkeypatch.setenv(name, "wrong")
    environment = clean_environment({"PGPASSWORD": "right"})
    assert "wrong" not in environment.values()
    assert environment["PGPASSWORD"] == "right"
    assert environment["LC_ALL"] == "C"


def test_a_password_is_no_argument() -> None:
    address, environment = tool_address("postgresql://anna:se%2Fcret@db:5433/lumiku?sslmode=require", "other")
    assert "cret" not in address
    assert environment == {"PGPASSWORD": "se/cret"}
    assert {"user=anna", "host=db", "port=5433", "dbname=other", "sslmode=require"} == set(address.split())
    assert tool_address("postgresql://anna@db/lumiku") == ("user=anna dbname=lumiku host=db", {})
    assert database_name("postgresql://anna@db") == "anna"


@pytest.mark.parametrize(
    "words",
    [
        'FATAL:  could not write lock file "postmaster.pid": No space left on device',
        "PANIC:  could not write to file: Disk quota exceeded",
        "initdb: error: File too large",
    ],
)
def test_a_full_disk_is_known_by_its_words(words: str) -> None:
    assert isinstance(failure("postgres", f"LOG:  starting\n{words}\nLOG:  bye"), DiskFull)


def test_a_full_disk_is_known_without_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(2**30, 2**30, 0))
    assert isinstance(failure("postgres", "", tmp_path), DiskFull)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(2**30, 0, 2**30))
    assert isinstance(failure("postgres", "", tmp_path), ServerFailed)


def test_the_telling_line_is_passed_on() -> None:
    said = "LOG:  starting\nFATAL:  could not create any TCP/IP sockets\nLOG:  database system is shut down\n"
    assert failure("postgres", said).message == "postgres failed: FATAL:  could not create any TCP/IP sockets"
    assert failure("initdb", "").message == "initdb failed: it said nothing"


def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BinariesMissing, match="cannot be run"):
        run_tool([tmp_path / "pg_dump"], {})
