"""Shutting a person out and letting them in again."""

import asyncio

import pytest
from sqlalchemy import select

from lumiku.accounts.create_user import NewUser, create_user
from lumiku.accounts.errors import InvalidToken, LastAdmin, LinkUnusable, UserNotFound, WrongCredentials
from lumiku.accounts.keys import create_key
from lumiku.accounts.links import link_owner, make_link
from lumiku.accounts.suspend import restore, suspend
from lumiku.accounts.tables import audit_log
from lumiku.core.ids import new_id
from support.people import NOW, PASSWORD, SETTINGS, People


async def test_a_suspended_person_is_out_until_restored(people: People) -> None:
    user = await people.register("cat@example.com")
    boss = await people.register("boss@example.com")
    begun = await people.login("cat@example.com")
    caller = await people.ask(begun.token)
    key = (await create_key(people.db, caller, "ci", ["account:read"], settings=SETTINGS, now=NOW)).key
    async with people.db.transaction() as tx:
        token = await make_link(tx, user.id, "password_reset", settings=SETTINGS, now=NOW)
    for _ in range(2):
        assert (await suspend(people.db, user.id, actor_id=boss.id, now=NOW)).status == "suspended"
    for proof in (begun.token, key):
        with pytest.raises(InvalidToken):
            await people.ask(proof)
    with pytest.raises(WrongCredentials):
        await people.login("cat@example.com")
    with pytest.raises(LinkUnusable):
        async with people.db.transaction() as tx:
            await link_owner(tx, token, "password_reset", now=NOW)
    for _ in range(2):
        assert (await restore(people.db, user.id, actor_id=boss.id)).status == "active"
    await people.ask(key)
    with pytest.raises(InvalidToken):
        await people.ask(begun.token)
    await people.login("cat@example.com")
    acts = select(audit_log.c.action, audit_log.c.actor_id, audit_log.c.details).where(
        audit_log.c.action.in_(["account.suspended", "account.restored"])
    )
    async with people.db.transaction() as tx:
        noted = [tuple(row) for row in await tx.execute(acts.order_by(audit_log.c.id))]
    assert noted == [("account.suspended", boss.id, {"sessions": 1}), ("account.restored", boss.id, {})]


async def test_a_login_beside_a_suspension_leaves_no_session(people: People) -> None:
    user = await people.register("cat@example.com")
    begun = await asyncio.gather(
        *(people.login("cat@example.com") for _ in range(4)),
        suspend(people.db, user.id, actor_id=None, now=NOW),
        return_exceptions=True,
    )
    await restore(people.db, user.id, actor_id=None)
    for login in begun[:-1]:
        if not isinstance(login, BaseException):
            with pytest.raises(InvalidToken):
                await people.ask(login.token)


async def test_the_last_administrator_and_nobody_are_refused(people: People) -> None:
    boss = await create_user(
        people.db,
        NewUser("boss@example.com", role="admin", password=PASSWORD),
        passwords=people.passwords,
        hooks=people.effects.hooks(),
        actor_id=None,
        now=NOW,
    )
    with pytest.raises(LastAdmin):
        await suspend(people.db, boss.id, actor_id=boss.id, now=NOW)
    for act in (
        suspend(people.db, new_id(), actor_id=None, now=NOW),
        restore(people.db, new_id(), actor_id=None),
    ):
        with pytest.raises(UserNotFound):
            await act
