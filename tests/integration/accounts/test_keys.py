"""API keys: what they may do, and that a revoked one is refused at once, by every process."""

import asyncio
import subprocess
import sys
from datetime import timedelta

import pytest
from sqlalchemy import select

from lumiku.accounts.admins import promote
from lumiku.accounts.errors import BadScopes, InvalidToken, KeyNotFound, NotAllowed, TooManyKeys
from lumiku.accounts.keys import create_key, list_keys, revoke_key
from lumiku.accounts.model import SCOPES, USER_SCOPES, Caller
from lumiku.accounts.tables import api_keys, audit_log
from support.people import NOW, SETTINGS, People

# Another process, which answers for each line that it reads: who has this key?
WATCHER = """
import asyncio, sys
from lumiku.accounts.identify import identify
from lumiku.core.clock import utc_now
from lumiku.core.db import Database
from lumiku.core.errors import LumikuError
from lumiku.core.settings import DatabaseSettings
from support.people import NOW, SECRETS

async def main():
    db = Database(sys.argv[1], DatabaseSettings())
    loop = asyncio.get_running_loop()
    while line := (await loop.run_in_executor(None, sys.stdin.readline)).strip():
        try:
            caller = await identify(db, SECRETS, authorization=f"Bearer {line}", cookie=None, now=NOW)
            print(caller.kind, flush=True)
        except LumikuError as error:
            print(error.code, flush=True)
    await db.close()

asyncio.run(main())
"""


@pytest.fixture
async def cat(people: People) -> Caller:
    await people.register("cat@example.com")
    return await people.ask((await people.login("cat@example.com")).token)


async def test_a_key_does_what_its_scopes_say_and_no_more(people: People, cat: Caller) -> None:
    made = await create_key(people.db, cat, " ci ", ["removals:read"], settings=SETTINGS, now=NOW)
    caller = await people.ask(made.key)
    assert caller == Caller(cat.user_id, "user", "api_key", frozenset({"removals:read"}), key_id=made.info.id)
    caller.require("removals:read")
    with pytest.raises(NotAllowed):
        caller.require("removals:write")
    with pytest.raises(NotAllowed):
        caller.require_session()
    assert made.info.name == "ci"
    assert made.key.startswith(made.info.prefix)
    assert len(made.key) == len("lmk_") + 43  # 256 bits


async def test_a_key_is_seen_once_and_stored_as_a_hash(people: People, cat: Caller) -> None:
    made = await create_key(people.db, cat, "ci", ["removals:read"], settings=SETTINGS, now=NOW)
    async with people.db.transaction() as tx:
        stored = (await tx.execute(select(api_keys))).all()
        acts = (await tx.execute(select(audit_log))).all()
    secret = made.key.removeprefix(made.info.prefix)
    assert secret not in repr((made, stored, acts, await list_keys(people.db, cat.user_id)))


async def test_a_key_makes_and_revokes_no_keys(people: People, cat: Caller) -> None:
    made = await create_key(people.db, cat, "ci", sorted(USER_SCOPES), settings=SETTINGS, now=NOW)
    caller = await people.ask(made.key)
    with pytest.raises(NotAllowed):
        await create_key(people.db, caller, "more", ["removals:read"], settings=SETTINGS, now=NOW)
    with pytest.raises(NotAllowed):
        await revoke_key(people.db, caller, made.info.id, now=NOW)


@pytest.mark.parametrize(
    ("name", "scopes"),
    [
        ("ci", []),
        ("ci", ["all"]),
        ("ci", ["admin"]),
        ("", ["removals:read"]),
        ("x" * 121, ["removals:read"]),
        ("a\nb", ["removals:read"]),
        ("a\0b", ["removals:read"]),
    ],
)
async def test_keys_that_cannot_be(people: People, cat: Caller, name: str, scopes: list[str]) -> None:
    with pytest.raises(BadScopes):
        await create_key(people.db, cat, name, scopes, settings=SETTINGS, now=NOW)


async def test_an_admins_key_is_one_only_while_its_owner_is(people: People, cat: Caller) -> None:
    await people.register("dog@example.com")
    dog = await people.find("dog@example.com")
    await promote(people.db, cat.user_id, "admin", actor_id=None)
    await promote(people.db, dog.id, "admin", actor_id=None)
    admin = await people.ask((await people.login("cat@example.com")).token)
    assert admin.scopes == frozenset(SCOPES)
    made = await create_key(people.db, admin, "ops", ["admin", "account:read"], settings=SETTINGS, now=NOW)
    (await people.ask(made.key)).require("admin")
    await promote(people.db, cat.user_id, "user", actor_id=dog.id)
    assert (await people.ask(made.key)).scopes == {"account:read"}


async def test_keys_in_force_are_bounded_also_for_twins(people: People, cat: Caller) -> None:
    few = SETTINGS.model_copy(update={"keys_per_account": 3})
    tries = [
        create_key(people.db, cat, f"k{number}", ["removals:read"], settings=few, now=NOW)
        for number in range(8)
    ]
    answers = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(answer, TooManyKeys) for answer in answers) == 5
    kept = await list_keys(people.db, cat.user_id)
    await revoke_key(people.db, cat, kept[0].id, now=NOW)
    await create_key(people.db, cat, "again", ["removals:read"], settings=few, now=NOW)


async def test_nobody_revokes_or_sees_the_keys_of_another(people: People, cat: Caller) -> None:
    made = await create_key(people.db, cat, "ci", ["removals:read"], settings=SETTINGS, now=NOW)
    await people.register("dog@example.com")
    dog = await people.ask((await people.login("dog@example.com")).token)
    with pytest.raises(KeyNotFound):
        await revoke_key(people.db, dog, made.info.id, now=NOW)
    assert await list_keys(people.db, dog.user_id) == []
    await people.ask(made.key)


async def test_a_revoked_key_is_refused_at_once_by_another_process(
    people: People, cat: Caller, database_url: str
) -> None:
    made = await create_key(people.db, cat, "ci", ["removals:read"], settings=SETTINGS, now=NOW)
    session = await people.login("cat@example.com")
    with subprocess.Popen(
        [sys.executable, "-c", WATCHER, database_url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": "tests:src", "PATH": ""},
    ) as other:

        def seen(token: str) -> str:
            assert other.stdin is not None
            assert other.stdout is not None
            other.stdin.write(token + "\n")
            other.stdin.flush()
            return other.stdout.readline().strip()

        assert [seen(made.key), seen(session.token)] == ["api_key", "session"]
        await revoke_key(people.db, cat, made.info.id, now=NOW)
        assert [seen(made.key), seen(session.token)] == ["INVALID_TOKEN", "session"]
        other.communicate("\n")
    with pytest.raises(KeyNotFound):
        await revoke_key(people.db, cat, made.info.id, now=NOW)
    with pytest.raises(InvalidToken):
        await people.ask(made.key)


async def test_the_last_use_is_written_once_a_minute(people: People, cat: Caller) -> None:
    made = await create_key(people.db, cat, "ci", ["removals:read"], settings=SETTINGS, now=NOW)
    assert made.info.last_used_at is None
    seen = []
    for seconds in (5, 30, 64, 65, 90):
        await people.ask(made.key, now=NOW + timedelta(seconds=seconds))
        (key,) = await list_keys(people.db, cat.user_id)
        assert key.last_used_at is not None
        seen.append(int((key.last_used_at - NOW).total_seconds()))
    assert seen == [5, 5, 5, 65, 65]
