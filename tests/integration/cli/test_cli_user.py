"""`lumiku user` in its own process, against an external database."""

import json
import os
import stat
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from lumiku.accounts.errors import InvalidToken, WrongCredentials
from lumiku.accounts.reset_password import reset_password
from lumiku.accounts.tables import users
from lumiku.core.clock import utc_now
from lumiku.core.db import Database
from lumiku.credits.holds import hold, release
from lumiku.credits.model import Balance
from support.command_line import COMMAND, HANG_S
from support.credits import balance_of
from support.people import PASSWORD, People


@pytest.fixture
def lumiku_user(database_url: str, tmp_path: Path):
    def run(*arguments: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [*COMMAND, "user", *arguments],
            env={
                **os.environ,
                "LUMIKU_DATABASE__URL": database_url,
                "LUMIKU_SERVER__DATA": str(tmp_path / "data"),
                "LUMIKU_SERVER__PUBLIC_URL": "https://cut.example/",
            },
            input=stdin,
            capture_output=True,
            text=True,
            timeout=HANG_S,
            check=False,
        )

    return run


async def test_an_account_from_its_making_to_its_end(
    people: People, lumiku_user, db: Database, tmp_path: Path
) -> None:
    made = lumiku_user(
        "create", "cat@example.com", "--name", "Cat", "--password-stdin", stdin=PASSWORD + "\n"
    )
    assert (made.returncode, made.stderr) == (0, "")
    assert made.stdout == "cat@example.com has an account (user).\n"
    user = await people.find("cat@example.com")
    assert await balance_of(db, user.id) == Balance(100, 0)
    now = utc_now()
    assert lumiku_user("promote", "CAT@example.com").stdout == "cat@example.com is an administrator.\n"
    begun = await people.login("cat@example.com", now=now)
    assert (await people.ask(begun.token, now=now)).role == "admin"

    listed = json.loads(lumiku_user("list", "--search", "cat", "--json").stdout)
    assert (listed["total"], listed["users"][0]["email"]) == (1, "cat@example.com")
    assert "1 of 1 accounts" in lumiku_user("list").stdout

    target = tmp_path / "cat.json"
    assert lumiku_user("export", "cat@example.com", "-o", str(target)).returncode == 0
    exported = json.loads(target.read_text())
    assert exported["account"]["name"] == "Cat"
    assert exported["credits"]["balance"] == 100
    assert [entry["kind"] for entry in exported["credits"]["entries"]] == ["bonus"]
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert "EXISTS" in lumiku_user("export", "cat@example.com", "-o", str(target)).stderr

    assert (
        lumiku_user("revoke-sessions", "cat@example.com", "--keys").stdout == "1 sessions and keys ended.\n"
    )
    with pytest.raises(InvalidToken):
        await people.ask(begun.token, now=now)

    last = lumiku_user("delete", "cat@example.com", "--yes")
    assert (last.returncode, "last administrator" in last.stderr) == (1, True)
    lumiku_user("create", "dog@example.com", "--admin", "--password-stdin", stdin=PASSWORD)
    assert lumiku_user("delete", "cat@example.com").returncode == 2
    async with db.transaction() as tx:
        held = await hold(tx, user.id, 8, "job:1", utc_now() + timedelta(hours=1))
    refused = lumiku_user("delete", "cat@example.com", "--yes")
    assert (refused.returncode, "WORK_RUNNING" in refused.stderr) == (1, True)
    async with db.transaction() as tx:
        await release(tx, held.id)
    gone = lumiku_user("delete", "cat@example.com", "--yes")
    assert (gone.returncode, gone.stdout) == (0, "The account of cat@example.com is gone.\n")
    assert await balance_of(db, user.id) == Balance(100, 0)  # the ledger stays whole
    async with db.transaction() as tx:
        assert await tx.scalar(select(users.c.status).where(users.c.id == user.id)) == "deleted"


async def test_a_person_is_suspended_restored_and_moved(people: People, lumiku_user) -> None:
    user = await people.register("cat@example.com")
    await people.register("dog@example.com")
    assert lumiku_user("suspend", "CAT@example.com").stdout == "cat@example.com is suspended.\n"
    with pytest.raises(WrongCredentials):
        await people.login("cat@example.com")
    assert "suspended  cat@example.com" in lumiku_user("list").stdout
    assert lumiku_user("restore", "cat@example.com").stdout == "cat@example.com is active.\n"
    taken = lumiku_user("change-address", "cat@example.com", "dog@example.com")
    assert (taken.returncode, "there is an account with this address" in taken.stderr) == (1, True)
    moved = lumiku_user("change-address", "cat@example.com", "new@example.com")
    assert moved.stdout == "The account's address is new@example.com.\n"
    assert (await people.login("new@example.com")).user.id == user.id


async def test_a_link_instead_of_a_mail(people: People, lumiku_user) -> None:
    made = json.loads(lumiku_user("create", "cat@example.com", "--json").stdout)
    later = lumiku_user("reset-link", "cat@example.com").stdout.strip()
    for link in (made["link"], later):
        assert link.startswith("https://cut.example/reset-password#token=")
    await reset_password(
        people.db,
        later.partition("#token=")[2],
        "a new password",
        passwords=people.passwords,
        hooks=people.effects.hooks(),
        now=utc_now(),
    )
    await people.login("cat@example.com", "a new password")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["promote", "nobody@example.com"], 3, "NOT_FOUND"),
        (["reset-link", "nobody@example.com"], 3, "NOT_FOUND"),
        (["create", "no address"], 2, "mail address"),
        (["create", "a@example.com", "--language", "fr"], 2, "language"),
    ],
)
async def test_what_cannot_be_says_why(lumiku_user, arguments: list[str], code: int, message: str) -> None:
    result = lumiku_user(*arguments)
    assert (result.returncode, message in result.stderr) == (code, True), result.stderr


async def test_an_address_is_taken_once(lumiku_user) -> None:
    assert lumiku_user("create", "cat@example.com").returncode == 0
    twin = lumiku_user("create", "CAT@example.com")
    assert (twin.returncode, "there is an account with this address" in twin.stderr) == (1, True)


def test_the_signing_key_rotates(lumiku_user, tmp_path: Path) -> None:
    ids = []
    for _ in range(2):
        assert lumiku_user("rotate-signing-key").returncode == 0
        ids.append(json.loads((tmp_path / "data/secrets.json").read_text())["keys"][0]["id"])
    assert len(set(ids)) == 2
