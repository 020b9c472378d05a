"""No command drops data without an explicit flag, and no revision without saying so."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lumiku.cli import db as db_commands
from support.database import query

SOURCES = Path(__file__).parents[2] / "src/lumiku"
DROPS = re.compile(
    r"\bDROP\s+(TABLE|DATABASE|SCHEMA|COLUMN|OWNED)\b|\bTRUNCATE\s+(?!ON\b)|\.drop_all\(|\bdrop_(table|column)\(",
    re.I,
)
# restore drops its own unfinished copy when it fails; the database of before it keeps, also with --force.
KNOWN = {"postgres/restore.py": 1}


def drops(folder: Path) -> dict[str, int]:
    files = [path for path in folder.rglob("*") if path.suffix in {".py", ".sql"}]
    counts = {
        str(path.relative_to(folder)): len(DROPS.findall(path.read_text(encoding="utf-8"))) for path in files
    }
    return {name: count for name, count in counts.items() if count}


def test_nothing_in_the_sources_drops_tables_or_databases_but_what_is_known() -> None:
    """A revision that contracts goes into KNOWN, with the release that stopped using what it drops."""
    assert drops(SOURCES) == KNOWN


@pytest.mark.parametrize(
    "line",
    [
        'tx.execute(text("drop table users"))',
        "metadata.drop_all(engine)",
        "TRUNCATE credit_holds;",
        'op.drop_column("a")',
    ],
)
def test_a_dropping_line_would_be_found(tmp_path: Path, line: str) -> None:
    (tmp_path / "0002.sql").write_text(line)
    assert drops(tmp_path) == {"0002.sql": 1}


def test_the_commands_are_those_that_this_file_knows() -> None:
    """A new one is to be run below, or has its own test that it keeps what is there."""
    names = {command.name or command.callback.__name__ for command in db_commands.app.registered_commands}
    assert names == {"status", "migrate", "verify", "backup", "restore", "upgrade", "shell"}


def test_the_commands_keep_every_row(
    owner_url: str, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    query(owner_url, "INSERT INTO users (id, email) VALUES (gen_random_uuid(), 'a@example.org')")
    monkeypatch.setenv("LUMIKU_DATABASE__URL", database_url)
    monkeypatch.setenv("LUMIKU_DATABASE__OWNER_URL", owner_url)
    copy = str(tmp_path / "copy")
    for arguments in (["status"], ["migrate"], ["verify"], ["backup", copy], ["migrate"], ["restore", copy]):
        done = CliRunner().invoke(db_commands.app, [*arguments, "--data", str(tmp_path / "data")])
        assert (done.exit_code == 0) == (arguments[0] != "restore"), (arguments, done.output, done.exception)
        assert query(owner_url, "SELECT email FROM users") == [("a@example.org",)]
