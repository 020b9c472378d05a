"""Changing and resetting a password, and what ends with it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lumiku.accounts.change_password import PasswordChange, change_password
from lumiku.accounts.delete_account import delete_account
from lumiku.accounts.errors import (
    BadPassword,
    InvalidToken,
    LinkUnusable,
    LockedOut,
    NotAllowed,
    WrongCredentials,
)
from lumiku.accounts.hooks import Hooks
from lumiku.accounts.keys import create_key
from lumiku.accounts.links import make_link, use_link
from lumiku.accounts.model import Caller
from lumiku.accounts.passwords import Passwords
from lumiku.accounts.request_password_reset import request_password_reset
from lumiku.accounts.reset_password import reset_password
from lumiku.accounts.tables import audit_log, one_time_links
from support.people import NOW, PASSWORD, SETTINGS, People

NEW = "a new password"


async def change(people: People, caller: Caller, current: str, new: str = NEW, *, keys: bool = False) -> None:
    await change_password(
        people.db,
        caller,
        PasswordChange(current, new, revoke_keys=keys),
        passwords=people.passwords,
        settings=people.settings,
        hooks=people.effects.hooks(),
        now=NOW,
    )


async def link(people: People, email: str) -> str:
    user = await people.find(email)
    async with people.db.transaction() as tx:
        return await make_link(tx, user.id, "password_reset", settings=SETTINGS, now=NOW)


async def reset(people: People, token: str, password: str = NEW, *, now=NOW) -> None:
    await reset_password(
        people.db, token, password, passwords=people.passwords, hooks=people.effects.hooks(), now=now
    )


async def test_a_change_ends_every_other_session_and_open_links(people: People) -> None:
    user = await people.register("cat@example.com")
    here, there = [await people.login("cat@example.com") for _ in range(2)]
    caller, token = await people.ask(here.token), await link(people, "cat@example.com")
    key = (await create_key(people.db, caller, "ci", ["account:read"], settings=SETTINGS, now=NOW)).key
    await change(people, caller, PASSWORD)
    await people.ask(here.token)
    await people.ask(key)
    with pytest.raises(InvalidToken):
        await people.ask(there.token)
    with pytest.raises(LinkUnusable):
        await reset(people, token)
    with pytest.raises(WrongCredentials):
        await people.login("cat@example.com")
    await people.login("cat@example.com", NEW)
    assert people.effects.mails == [("password_changed", user.id)]
    await change(people, caller, NEW, "yet another one", keys=True)
    with pytest.raises(InvalidToken):
        await people.ask(key)


async def test_a_change_needs_the_current_password_a_good_new_one_and_a_login(people: People) -> None:
    await people.register("cat@example.com")
    caller = await people.ask((await people.login("cat@example.com")).token)
    with pytest.raises(BadPassword, match="current"):
        await change(people, caller, "not it at all")
    with pytest.raises(BadPassword, match="at least"):
        await change(people, caller, PASSWORD, "short")
    with pytest.raises(NotAllowed):
        await change(people, Caller(caller.user_id, "user", "api_key", caller.scopes), PASSWORD)
    await people.login("cat@example.com")


async def test_guesses_of_the_current_password_lock_too(people: People) -> None:
    await people.register("cat@example.com")
    caller = await people.ask((await people.login("cat@example.com")).token)
    for _ in range(10):
        with pytest.raises(BadPassword):
            await change(people, caller, "guess guess")
    with pytest.raises(LockedOut):
        await change(people, caller, PASSWORD)


async def test_two_changes_at_once_keep_one(people: People) -> None:
    await people.register("cat@example.com")
    callers = [await people.ask((await people.login("cat@example.com")).token) for _ in range(2)]
    tries = [change(people, caller, PASSWORD, f"{NEW} {n}") for n, caller in enumerate(callers)]
    answers = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(type(answer).__name__ for answer in answers) == ["BadPassword", "NoneType"]


class SlowToAnswer(Passwords):
    """Something else happens after the password was looked at, and before the answer is used."""

    def __init__(self, meanwhile: Callable[[], Awaitable[object]]) -> None:
        super().__init__(SETTINGS)
        self.meanwhile = meanwhile

    async def verify(self, password: str, hashed: str | None) -> bool:
        matches = await super().verify(password, hashed)
        await self.meanwhile()
        return matches


@pytest.mark.parametrize("act", ["change", "reset", "delete"])
async def test_a_login_cannot_slip_past_what_ends_its_password(people: People, act: str) -> None:
    user = await people.register("cat@example.com")
    caller = await people.ask((await people.login("cat@example.com")).token)
    usual, token = people.passwords, await link(people, "cat@example.com")

    async def meanwhile() -> None:
        people.passwords = usual
        if act == "change":
            await change(people, caller, PASSWORD)
        elif act == "reset":
            await reset(people, token)
        else:
            await delete_account(people.db, user.id, hooks=Hooks(), actor_id=None, now=NOW)

    people.passwords = SlowToAnswer(meanwhile)
    with pytest.raises(WrongCredentials):
        await people.login("cat@example.com")


async def test_a_reset_works_once_ends_all_sessions_and_lifts_the_lock(people: People) -> None:
    await people.register("cat@example.com")
    begun = await people.login("cat@example.com")
    for _ in range(10):
        with pytest.raises(WrongCredentials):
            await people.login("cat@example.com", "guess guess")
    token, other = await link(people, "cat@example.com"), await link(people, "cat@example.com")
    with pytest.raises(BadPassword):
        await reset(people, token, "short")
    await reset(people, token)
    for used in (token, other):
        with pytest.raises(LinkUnusable):
            await reset(people, used, "a third password")
    with pytest.raises(InvalidToken):
        await people.ask(begun.token)
    await people.login("cat@example.com", NEW)


async def test_a_link_used_by_eight_at_once_works_once(people: People) -> None:
    await people.register("cat@example.com")
    token = await link(people, "cat@example.com")
    tries = [reset(people, token, f"{NEW} {number}") for number in range(8)]
    answers = await asyncio.gather(*tries, return_exceptions=True)
    assert answers.count(None) == 1
    assert sum(isinstance(answer, LinkUnusable) for answer in answers) == 7
    await people.login("cat@example.com", f"{NEW} {answers.index(None)}")


async def test_a_link_is_used_up_by_itself(people: People) -> None:
    await people.register("cat@example.com")
    token = await link(people, "cat@example.com")
    async with people.db.transaction() as tx:
        await use_link(tx, token, "password_reset", now=NOW)
    with pytest.raises(LinkUnusable):
        async with people.db.transaction() as tx:
            await use_link(tx, token, "password_reset", now=NOW)


async def test_a_link_lasts_an_hour(people: People) -> None:
    await people.register("cat@example.com")
    token = await link(people, "cat@example.com")
    with pytest.raises(LinkUnusable):
        await reset(people, token, now=NOW + timedelta(hours=1))
    await reset(people, token, now=NOW + timedelta(seconds=3599))


@pytest.mark.parametrize("token", ["", "guess", "\ud800", "x" * 100_000])
async def test_a_guessed_link_costs_no_argon2_run(people: People, token: str, argon2_runs) -> None:
    with pytest.raises(LinkUnusable):
        await reset(people, token)
    assert argon2_runs() == 0


async def test_a_link_for_one_purpose_does_not_serve_another(people: People) -> None:
    user = await people.register("cat@example.com")
    async with people.db.transaction() as tx:
        token = await make_link(tx, user.id, "admin_setup", settings=SETTINGS, now=NOW)
    with pytest.raises(LinkUnusable):
        await reset(people, token)


async def test_a_request_does_the_same_for_an_address_that_nobody_has(people: People, argon2_runs) -> None:
    user = await people.register("cat@example.com")
    argon2_runs()
    for email in ("CAT@example.com", "nobody@example.com"):
        assert await request_password_reset(people.db, email, hooks=people.effects.hooks()) is None
    (kind, known), (other_kind, unknown) = people.effects.mails
    assert kind == other_kind == "password_reset"
    assert known == user.id != unknown
    assert argon2_runs() == 0


async def test_no_token_is_stored_in_clear(people: People) -> None:
    await people.register("cat@example.com")
    token = await link(people, "cat@example.com")
    async with people.db.transaction() as tx:
        (row,) = (await tx.execute(select(one_time_links))).all()
        acts = (await tx.execute(select(audit_log.c.details))).scalars().all()
        assert (await tx.execute(select(func.count()).select_from(audit_log))).scalar_one() == len(acts) == 2
    assert token not in repr(row)
    assert token not in repr(acts)
    assert len(row.token_hash) == 32
