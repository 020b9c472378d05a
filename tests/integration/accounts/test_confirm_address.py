"""Addresses that are proven by a mailed link and the password, and what a stranger learns of them."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import event, func, select

from lumiku.accounts.change_address import AddressChange, change_address, set_address
from lumiku.accounts.change_password import PasswordChange, change_password
from lumiku.accounts.confirm_address import confirm_address
from lumiku.accounts.errors import (
    AddressFixed,
    AddressTaken,
    BadPassword,
    LinkUnusable,
    LockedOut,
    NotAllowed,
    UserNotFound,
    WrongCredentials,
)
from lumiku.accounts.letters import Recipient, recipient
from lumiku.accounts.model import Caller, User
from lumiku.accounts.purge import purge_expired
from lumiku.accounts.register import Registration, register
from lumiku.accounts.suspend import suspend
from lumiku.accounts.tables import address_claims, audit_log, users
from lumiku.core.errors import LumikuError
from support.people import NOW, PASSWORD, SETTINGS, People

CAT, DOG = "cat@example.com", "dog@example.com"
DAY = timedelta(days=1)


@pytest.fixture
def mailing(people: People) -> People:
    """People of a server that sends mail."""
    people.effects.confirms_addresses = True
    return people


async def ask(people: People, email: str, password: str = PASSWORD) -> object:
    """Register; gives the answer."""
    return await register(
        people.db,
        Registration(email, password, "Somebody"),
        passwords=people.passwords,
        settings=people.settings,
        hooks=people.effects.hooks(),
        now=NOW,
    )


async def mail(people: People, *, now=NOW) -> Recipient | None:
    """What the mail that was queued last says."""
    kind, subject_id = people.effects.mails[-1]
    return await recipient(people.db, kind, subject_id, settings=people.settings, now=now)


async def link(people: People) -> str:
    sent = await mail(people)
    assert sent is not None
    assert sent.token is not None
    return sent.token


async def confirm(people: People, token: str, password: str = PASSWORD, *, now=NOW) -> User:
    return await confirm_address(
        people.db,
        token,
        password,
        passwords=people.passwords,
        settings=people.settings,
        hooks=people.effects.hooks(),
        now=now,
    )


async def with_account(people: People, email: str) -> tuple[User, Caller]:
    await ask(people, email)
    user = await confirm(people, await link(people))
    return user, await people.ask((await people.login(email)).token)


async def move(people: People, caller: Caller, email: str, password: str = PASSWORD) -> None:
    await change_address(
        people.db,
        caller,
        AddressChange(email, password),
        passwords=people.passwords,
        settings=people.settings,
        hooks=people.effects.hooks(),
        now=NOW,
    )


async def count(people: People, table) -> int:
    async with people.db.transaction() as tx:
        return (await tx.execute(select(func.count()).select_from(table))).scalar_one()


async def test_an_account_is_there_once_its_address_is_confirmed(mailing: People) -> None:
    await ask(mailing, CAT)
    assert (await count(mailing, users), mailing.effects.bonuses) == (0, [])
    with pytest.raises(WrongCredentials):
        await mailing.login(CAT)
    sent = await mail(mailing)
    assert sent is not None
    assert (sent.kind, sent.email, sent.user_id) == ("confirm_registration", CAT, None)
    assert sent.token is not None
    user = await confirm(mailing, sent.token)
    assert (user.email, user.name, user.status) == (CAT, "Somebody", "active")
    assert mailing.effects.bonuses == [user.id]
    assert (await mailing.login(CAT)).user == user
    with pytest.raises(LinkUnusable):
        await confirm(mailing, sent.token)
    assert await count(mailing, address_claims) == 0


async def test_a_stranger_learns_nothing_from_registering_and_logging_in(
    mailing: People, argon2_runs
) -> None:
    """Everything that a stranger can see and cause is the same; even the statements are."""
    await with_account(mailing, CAT)
    statements: list[str] = []
    event.listen(
        mailing.db.engine.sync_engine,
        "before_cursor_execute",
        lambda _c, _cu, statement, *_more: statements.append(statement),
    )
    seen = []
    for email in (CAT, DOG):
        argon2_runs()
        statements.clear()
        answer = await ask(mailing, email, "a stranger's password")
        with pytest.raises(WrongCredentials) as refused:
            await mailing.login(email, "a stranger's password")
        kind = mailing.effects.mails[-1][0]
        shown = repr(answer).replace(email, "EMAIL")
        seen.append((shown, str(refused.value), kind, argon2_runs(), list(statements)))
    assert seen[0] == seen[1]


async def test_without_mail_a_login_tells_what_registering_does_not(people: People) -> None:
    """The control of the test above, and what decision 0013 says that such a server reveals."""
    await people.register(CAT)
    answers = [repr(await ask(people, email, "a stranger's password")) for email in (CAT, DOG)]
    assert answers[0] == answers[1].replace(DOG, CAT)
    with pytest.raises(WrongCredentials):
        await people.login(CAT, "a stranger's password")
    await people.login(DOG, "a stranger's password")


async def test_the_owner_of_a_known_address_is_told_and_nothing_changes(mailing: People) -> None:
    user, _ = await with_account(mailing, CAT)
    await ask(mailing, "CAT@example.com", "a stranger's password")
    sent = await mail(mailing)
    assert sent == Recipient("already_registered", CAT, "en", user.id)
    await mailing.login(CAT)
    await suspend(mailing.db, user.id, actor_id=None, now=NOW)
    await ask(mailing, CAT)
    assert await mail(mailing) is None


async def test_a_link_without_the_password_gives_nobody_an_account(mailing: People) -> None:
    """A stranger registers somebody's address; its owner opens the stranger's link, and then their own."""
    await ask(mailing, CAT, "a stranger's password")
    strangers = await link(mailing)
    await ask(mailing, CAT)
    own = await link(mailing)
    with pytest.raises(BadPassword):
        await confirm(mailing, strangers)
    await confirm(mailing, own)
    with pytest.raises(WrongCredentials):
        await mailing.login(CAT, "a stranger's password")
    with pytest.raises(LinkUnusable):
        await confirm(mailing, strangers, "a stranger's password")
    await mailing.login(CAT)


async def test_twenty_at_once_make_one_account_with_one_bonus(mailing: People) -> None:
    tokens = []
    for email in (CAT, "Cat@example.com"):
        await ask(mailing, email)
        tokens.append(await link(mailing))
    mailing.settings = SETTINGS.model_copy(update={"lockout_failures": 100})
    tries = [confirm(mailing, token) for token in tokens * 10]
    answers = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(answer, User) for answer in answers) == 1
    assert sum(isinstance(answer, LinkUnusable) for answer in answers) == 19
    assert len(mailing.effects.bonuses) == await count(mailing, users) == 1


async def test_guesses_at_a_link_are_few_and_cheap(mailing: People, argon2_runs) -> None:
    await ask(mailing, CAT)
    token = await link(mailing)
    argon2_runs()
    for wrong in ("", "guess", "\ud800", "x" * 100_000):
        with pytest.raises(LinkUnusable):
            await confirm(mailing, wrong)
    assert argon2_runs() == 0
    for _ in range(10):
        with pytest.raises(BadPassword):
            await confirm(mailing, token, "guess guess")
    with pytest.raises(LockedOut):
        await confirm(mailing, token)


async def test_a_link_lasts_a_day_and_a_newer_mail_ends_it(mailing: People) -> None:
    await ask(mailing, CAT)
    first, second = await link(mailing), await link(mailing)  # its task ran twice
    with pytest.raises(LinkUnusable):
        await confirm(mailing, first)
    with pytest.raises(LinkUnusable):
        await confirm(mailing, second, now=NOW + DAY)
    assert (await purge_expired(mailing.db, settings=SETTINGS, now=NOW + DAY))["address_claims"] == 0
    later = NOW + DAY + timedelta(seconds=1)
    assert (await purge_expired(mailing.db, settings=SETTINGS, now=later))["address_claims"] == 1
    assert await mail(mailing) is None


async def test_mails_to_one_address_are_bounded(mailing: People) -> None:
    await with_account(mailing, DOG)  # whose own link was one
    for email in (CAT, DOG):
        sent = []
        for number in range(7):
            await ask(mailing, email if number % 2 else email.upper().replace("EXAMPLE.COM", "example.com"))
            sent.append(await mail(mailing) is not None)
        assert sent == [True] * 5 + [False] * 2
    await ask(mailing, CAT)
    assert await mail(mailing, now=NOW + timedelta(minutes=61)) is not None


async def test_an_account_moves_to_an_address_that_is_proven(mailing: People) -> None:
    user, caller = await with_account(mailing, CAT)
    with pytest.raises(BadPassword):
        await move(mailing, caller, DOG, "guess guess")
    with pytest.raises(NotAllowed):
        await move(mailing, Caller(user.id, "user", "api_key", caller.scopes), DOG)
    await move(mailing, caller, DOG)
    assert mailing.effects.mails[-1] == ("address_changing", user.id)
    warning = await mail(mailing)
    assert warning == Recipient("address_changing", CAT, "en", user.id)  # to the old address
    mailing.effects.mails.pop()
    await mailing.login(CAT)
    token = await link(mailing)
    with pytest.raises(BadPassword):  # whoever reads the new address has to be who asked
        await confirm(mailing, token, "guess guess")
    moved = await confirm(mailing, token)
    assert (moved.id, moved.email) == (user.id, DOG)
    with pytest.raises(WrongCredentials):
        await mailing.login(CAT)
    assert (await mailing.login(DOG)).user.id == user.id
    assert len(mailing.effects.bonuses) == 1
    async with mailing.db.transaction() as tx:
        acts = (await tx.execute(select(audit_log.c.action, audit_log.c.details))).all()
    assert {"address.change_asked", "address.changed"} <= {act.action for act in acts}
    assert "example.com" not in repr(acts)


async def test_moving_tells_nothing_of_the_new_address(mailing: People) -> None:
    owner, _ = await with_account(mailing, DOG)
    user, caller = await with_account(mailing, CAT)
    for email in (DOG, "free@example.com"):
        assert await move(mailing, caller, email) is None
    kinds = [kind for kind, _ in mailing.effects.mails[-4:]]
    assert kinds == ["address_claimed", "address_changing"] * 2
    mailing.effects.mails = mailing.effects.mails[-4:-3]
    assert await mail(mailing) == Recipient("already_registered", DOG, "en", owner.id)
    assert (await mailing.find(CAT)).id == user.id


async def test_a_move_meets_an_address_that_was_taken_meanwhile(mailing: People) -> None:
    _, caller = await with_account(mailing, CAT)
    await move(mailing, caller, DOG)
    mailing.effects.mails.pop()
    token = await link(mailing)
    await ask(mailing, DOG)
    answers = await asyncio.gather(
        confirm(mailing, token), confirm(mailing, await link(mailing)), return_exceptions=True
    )
    assert sum(isinstance(answer, User) for answer in answers) == 1
    assert sum(isinstance(answer, LinkUnusable) for answer in answers) == 1


@pytest.mark.parametrize("act", ["password", "suspend"])
async def test_a_new_password_or_a_suspension_stops_a_move(mailing: People, act: str) -> None:
    user, caller = await with_account(mailing, CAT)
    await move(mailing, caller, DOG)
    mailing.effects.mails.pop()
    token = await link(mailing)
    if act == "password":
        await change_password(
            mailing.db,
            caller,
            PasswordChange(PASSWORD, "a new password"),
            passwords=mailing.passwords,
            settings=SETTINGS,
            hooks=mailing.effects.hooks(),
            now=NOW,
        )
    else:
        await suspend(mailing.db, user.id, actor_id=None, now=NOW)
    for password in (PASSWORD, "a new password"):
        with pytest.raises(LinkUnusable):
            await confirm(mailing, token, password)


async def test_without_mail_the_administrator_changes_addresses(people: People) -> None:
    user = await people.register(CAT)
    await people.register(DOG)
    caller = await people.ask((await people.login(CAT)).token)
    with pytest.raises(AddressFixed):
        await move(people, caller, "new@example.com")

    async def put(email: str, whose: UUID = user.id) -> User:
        return await set_address(people.db, whose, email, actor_id=None)

    with pytest.raises(AddressTaken):
        await put(DOG.upper().replace("EXAMPLE.COM", "example.com"))
    with pytest.raises(UserNotFound):
        await put("new@example.com", UUID(int=1))
    assert (await put("new@example.com")).email == "new@example.com"
    twins = await asyncio.gather(
        put("same@example.com"),
        put("Same@example.com", (await people.find(DOG)).id),
        return_exceptions=True,
    )
    assert sorted(isinstance(one, LumikuError) for one in twins) == [False, True]
