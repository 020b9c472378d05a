"""`lumiku subscriptions` in its own process, against an external database."""

import asyncio
import json
import os
import subprocess

from sqlalchemy import select

from lumiku.accounts.tables import audit_log, users
from lumiku.core.db import Database
from support.command_line import COMMAND, HANG_S
from support.credits import new_account


async def _run(url: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return await asyncio.to_thread(
        subprocess.run,
        [*COMMAND, "subscriptions", *arguments],
        env={**os.environ, "LUMIKU_DATABASE__URL": url},
        capture_output=True,
        text=True,
        timeout=HANG_S,
        check=False,
    )


async def test_a_plan_is_given_shown_suspended_and_audited(db: Database, database_url: str) -> None:
    user_id = await new_account(db)
    async with db.transaction() as tx:
        email = str(await tx.scalar(select(users.c.email).where(users.c.id == user_id)))
    none, gold, empty, given = await asyncio.gather(
        _run(database_url, "show", email),
        _run(database_url, "grant", email, "gold", "--reason", "Prize"),
        _run(database_url, "suspend", email, "--reason", " "),
        _run(database_url, "plans"),
    )
    assert none.stdout == f"{email} has no subscription.\n"
    assert (gold.returncode != 0, "plan must be one of" in gold.stderr) == (True, True)
    assert empty.returncode != 0
    assert "99,000" in given.stdout
    made = await _run(database_url, "grant", email, "pro", "--months", "2", "--reason", "Prize", "--json")
    told = json.loads(made.stdout)["subscription"]
    assert (told["plan"], told["status"], told["quota"]["limit"]) == ("pro", "active", 200)
    stopped = await _run(database_url, "suspend", email, "--reason", "Chargeback")
    assert stopped.stdout.rstrip().endswith("suspended")
    listed, back = await asyncio.gather(
        _run(database_url, "list", "--json"), _run(database_url, "resume", email, "--reason", "Paid")
    )
    assert [each["email"] for each in json.loads(listed.stdout)["subscriptions"]] == [email]
    assert "200 of 200 left today" in back.stdout
    taken = await _run(database_url, "revoke", email, "--reason", "By mistake", "--json")
    assert json.loads(taken.stdout)["subscription"]["status"] == "expired"
    async with db.transaction() as tx:
        acts = select(audit_log.c.action).where(audit_log.c.subject_id == user_id).order_by(audit_log.c.id)
        assert list((await tx.execute(acts)).scalars()) == [
            "subscription.granted",
            "subscription.suspend",
            "subscription.resume",
            "subscription.revoke",
        ]
