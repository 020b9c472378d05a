"""`lumiku credits` in its own process, against an external database."""

import json
import os
import subprocess

import psycopg
import pytest
from sqlalchemy import select

from lumiku.accounts.tables import audit_log, users
from lumiku.core.db import Database
from lumiku.credits.audit import INVARIANTS
from lumiku.credits.model import Balance
from support.command_line import COMMAND, HANG_S
from support.credits import balance_of, new_account
from support.database import create_empty, url_of


def _credits(url: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*COMMAND, "credits", *arguments],
        env={**os.environ, "LUMIKU_DATABASE__URL": url},
        capture_output=True,
        text=True,
        timeout=HANG_S,
        check=False,
    )


async def test_audit_says_that_the_ledger_holds_and_fails_where_it_does_not(
    db: Database, database_url: str, owner_url: str
) -> None:
    user_id = await new_account(db, 100)
    fine = _credits(database_url, "audit")
    assert (fine.returncode, fine.stderr) == (0, "")
    assert f"{len(INVARIANTS)} invariants" in fine.stdout
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute("UPDATE credit_accounts SET balance = 99, held = 5")
    broken = _credits(database_url, "audit")
    assert broken.returncode == 1
    assert f"BROKEN balance is the sum of entries: account {user_id} has 99, expected 100" in broken.stdout
    assert f"BROKEN held is the sum of open holds: account {user_id} has 5, expected 0" in broken.stdout
    told = json.loads(_credits(database_url, "audit", "--json").stdout)
    assert [each["found"] for each in told["violations"]] == ["99", "5"]


async def test_grant_adds_credits_once_a_reference_and_leaves_a_trace(
    db: Database, database_url: str
) -> None:
    user_id = await new_account(db, 10)
    address = f"{user_id}@EXAMPLE.org"
    first = _credits(database_url, "grant", address, "50", "--reference", "gift:1", "--note", "Hello")
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout == "50 credits granted (gift:1); the balance then: 60\n"
    again = _credits(database_url, "grant", address, "50", "--reference", "gift:1", "--json")
    assert json.loads(again.stdout) == {"amount": 50, "balance": 60, "reference": "gift:1"}
    assert await balance_of(db, user_id) == Balance(60, 0)
    async with db.transaction() as tx:
        actions = select(audit_log.c.action, audit_log.c.actor_id).where(audit_log.c.subject_id == user_id)
        assert (await tx.execute(actions)).all()[-1:] == [("credits.granted", None)]
        assert await tx.scalar(select(users.c.status).where(users.c.id == user_id)) == "active"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["grant", "nobody@example.org", "5"], 3, "NOT_FOUND"),
        (["grant", "nobody@example.org", "0"], 2, "CREDITS"),
        (["grant", "nobody@example.org", "many"], 2, "CREDITS"),
    ],
)
async def test_what_cannot_be_granted_says_why(
    database_url: str, arguments: list[str], code: int, message: str
) -> None:
    result = _credits(database_url, *arguments)
    assert (result.returncode, message in result.stderr) == (code, True), result.stderr


async def test_an_empty_or_missing_database_is_no_clean_ledger(postgres_socket: str) -> None:
    empty = _credits(url_of(postgres_socket, create_empty(postgres_socket), "owner"), "audit")
    assert (empty.returncode, "MIGRATION_PENDING" in empty.stderr) == (3, True), empty.stderr
    missing = _credits(url_of(postgres_socket, "missing"), "audit")
    assert (missing.returncode, "SERVICE_UNAVAILABLE" in missing.stderr) == (3, True), missing.stderr


def test_help_shows_examples() -> None:
    shown = subprocess.run(
        [*COMMAND, "credits", "audit", "--help"], capture_output=True, text=True, check=True
    )
    assert "lumiku credits audit --json" in shown.stdout
