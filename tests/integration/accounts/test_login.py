"""Registration, login and what a token proves, on a real database."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from lumiku.accounts.errors import (
    BadAddress,
    BadPassword,
    CsrfMismatch,
    HashingBusy,
    InvalidToken,
    LockedOut,
    NotAllowed,
    RegistrationClosed,
    TokenExpired,
    WrongCredentials,
)
from lumiku.accounts.identify import identify
from lumiku.accounts.logout import logout
from lumiku.accounts.model import Caller
from lumiku.accounts.passwords import Passwords
from lumiku.accounts.register import Registered, Registration, register
from lumiku.accounts.tables import audit_log, login_failures, sessions, users
from lumiku.core.errors import Unauthorized
from lumiku.core.secrets import MasterKey, Secrets
from support.people import NOW, PASSWORD, SECRETS, SETTINGS, People

LATER = NOW + timedelta(hours=1, seconds=1)


async def test_a_registered_person_logs_in_and_is_known(people: People) -> None:
    user = await people.register("Cat@Example.com")
    begun = await people.login("cat@example.COM")
    caller = await people.ask(begun.token)
    assert caller == Caller(user.id, "user", "session", caller.scopes, session_id=begun.session_id)
    assert "removals:write" in caller.scopes
    assert "admin" not in caller.scopes
    assert people.effects.bonuses == [user.id]
    assert begun.user == user


async def test_answers_and_work_are_the_same_whether_the_address_is_taken(
    people: People, argon2_runs
) -> None:
    async def answer(email: str) -> tuple[Registered, int]:
        made = await register(
            people.db,
            Registration(email, "another password"),
            passwords=people.passwords,
            settings=SETTINGS,
            hooks=people.effects.hooks(),
            now=NOW,
        )
        return made, argon2_runs()

    fresh, fresh_runs = await answer("first@example.com")
    owner = await people.find("first@example.com")
    taken, taken_runs = await answer("FIRST@example.com")
    assert (fresh.email.lower(), fresh_runs) == (taken.email.lower(), taken_runs) == ("first@example.com", 1)
    assert people.effects.mails == [("already_registered", owner.id)]
    assert people.effects.bonuses == [owner.id]


async def test_a_login_costs_one_argon2_run_whoever_asks(people: People, argon2_runs) -> None:
    await people.register("here@example.com")
    assert argon2_runs() == 1
    refusals = []
    for email in ("here@example.com", "nobody@example.com"):
        with pytest.raises(WrongCredentials) as refused:
            await people.login(email, "not the password")
        refusals.append((str(refused.value), argon2_runs()))
    assert refusals == [("the address or the password is wrong", 1)] * 2
    await people.login("here@example.com")
    assert argon2_runs() == 1


async def test_two_registrations_at_once_make_one_account_and_one_bonus(people: People) -> None:
    tries = [people.register(email) for email in ("twin@example.com", "Twin@example.com") * 4]
    made = await asyncio.gather(*tries)
    assert len({user.id for user in made}) == 1
    assert len(people.effects.bonuses) == 1
    async with people.db.transaction() as tx:
        assert (await tx.execute(select(func.count()).select_from(users))).scalar_one() == 1


@pytest.mark.parametrize(
    "email", ["", "no-at-sign", "a@b@c.com", "x@y.com\r\nBcc: z@y.com", "é@y.com", "a@x\0.com"]
)
async def test_what_is_no_address_is_refused(people: People, email: str) -> None:
    with pytest.raises(BadAddress):
        await people.register(email)


@pytest.mark.parametrize("password", ["", "1234567", "x" * 257, "CAT@example.com"])
async def test_passwords_that_are_refused(people: People, password: str) -> None:
    with pytest.raises(BadPassword):
        await people.register("cat@example.com", password)


async def test_odd_passwords_work(people: People) -> None:
    await people.register("odd@example.com", "nul\0 \ud800 pa\u0308ss")
    await people.login("odd@example.com", "nul\0 \ud800 p\u00e4ss")


async def test_registration_can_be_closed(people: People) -> None:
    people.settings = SETTINGS.model_copy(update={"registration_open": False})
    with pytest.raises(RegistrationClosed):
        await people.register("late@example.com")


@pytest.mark.parametrize("email", ["here@example.com", "nobody@example.com"])
async def test_the_eleventh_try_is_locked_out_even_with_the_right_password(
    people: People, email: str
) -> None:
    await people.register("here@example.com")
    for _ in range(10):
        with pytest.raises(WrongCredentials):
            await people.login(email, "guess guess")
    with pytest.raises(LockedOut) as refused:
        await people.login(email.upper().replace("EXAMPLE.COM", "example.com"), PASSWORD)
    assert refused.value.retry_after_s == 3600
    async with people.db.transaction() as tx:  # noted for an address of nobody too, which takes as long
        locked = select(audit_log.c.subject_id).where(audit_log.c.action == "account.locked")
        (subject,) = (await tx.execute(locked)).scalars().all()
    if email.startswith("here"):
        assert subject == (await people.login(email, now=LATER)).user.id
    else:
        assert subject is None
        with pytest.raises(WrongCredentials):
            await people.login(email, now=LATER)


async def test_parallel_guesses_cannot_outrun_the_lock(people: People) -> None:
    people.passwords = Passwords(SETTINGS.model_copy(update={"password_queue": 100}))
    guesses = [people.login("nobody@example.com", f"guess {number}") for number in range(30)]
    answers = await asyncio.gather(*guesses, return_exceptions=True)
    assert sum(isinstance(answer, WrongCredentials) for answer in answers) == 10
    assert sum(isinstance(answer, LockedOut) for answer in answers) == 20


async def test_a_login_forgets_the_failures(people: People) -> None:
    await people.register("here@example.com")
    for _ in range(9):
        with pytest.raises(WrongCredentials):
            await people.login("here@example.com", "guess guess")
    await people.login("here@example.com")
    async with people.db.transaction() as tx:
        assert (await tx.execute(select(func.count()).select_from(login_failures))).scalar_one() == 0


async def test_more_passwords_than_may_wait_are_turned_away(people: People) -> None:
    people.passwords = Passwords(SETTINGS.model_copy(update={"password_queue": 2, "password_threads": 1}))
    tries = [people.login(f"n{number}@example.com") for number in range(6)]
    answers = await asyncio.gather(*tries, return_exceptions=True)
    kinds = {type(answer) for answer in answers}
    assert kinds == {WrongCredentials, HashingBusy}


async def test_a_hash_of_another_cost_is_renewed(people: People) -> None:
    user = await people.register("old@example.com")
    people.passwords = Passwords(SETTINGS.model_copy(update={"password_rounds": 3}))
    await people.login("old@example.com")
    async with people.db.transaction() as tx:
        stored = select(users.c.password_hash).where(users.c.id == user.id)
        assert ",t=3," in (await tx.execute(stored)).scalar_one()
    await people.login("old@example.com")


async def test_a_token_ends(people: People) -> None:
    await people.register("cat@example.com")
    begun = await people.login("cat@example.com")
    await people.ask(begun.token, now=begun.expires_at - timedelta(seconds=1))
    with pytest.raises(TokenExpired):
        await people.ask(begun.token, now=begun.expires_at)


async def test_logout_ends_one_session_and_the_other_stays(people: People) -> None:
    await people.register("cat@example.com")
    first, second = [await people.login("cat@example.com") for _ in range(2)]
    caller = await people.ask(first.token)
    assert await logout(people.db, caller, now=NOW)
    assert not await logout(people.db, caller, now=NOW)
    with pytest.raises(InvalidToken):
        await people.ask(first.token)
    await people.ask(second.token)


async def test_nobody_ends_the_session_of_another(people: People) -> None:
    await people.register("cat@example.com")
    await people.register("dog@example.com")
    cat, dog = await people.login("cat@example.com"), await people.login("dog@example.com")
    caller = await people.ask(cat.token)
    assert not await logout(people.db, caller, now=NOW, session_id=dog.session_id)
    await people.ask(dog.token)


async def test_tokens_that_are_not_ours(people: People) -> None:
    await people.register("cat@example.com")
    token = (await people.login("cat@example.com")).token
    header, claims, signature = token.split(".")
    none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0"
    forged = [
        "x",
        "..",
        "lmk_" + "a" * 43,
        "a" * 5000,
        f"{none}.{claims}.",
        f"{header}.{claims}.{signature[:-2]}AA",
        f"{header}.{claims[:-4]}AAAA.{signature}",
    ]
    for bad in forged:
        with pytest.raises(InvalidToken):
            await people.ask(bad)
    for header_value in ("Basic Y2F0OmNhdA==", "Bearer", token):
        with pytest.raises(Unauthorized):
            await identify(people.db, people.secrets, authorization=header_value, cookie=None, now=NOW)
    with pytest.raises(Unauthorized):
        await people.ask(None)


async def test_keys_rotate(people: People) -> None:
    await people.register("cat@example.com")
    old = (await people.login("cat@example.com")).token
    new_key = MasterKey("newer", bytes(32))
    people.secrets = Secrets((new_key, *SECRETS.keys))
    new = (await people.login("cat@example.com")).token
    await people.ask(old)
    await people.ask(new)
    people.secrets = Secrets((new_key,))
    await people.ask(new)
    with pytest.raises(InvalidToken):
        await people.ask(old)


async def test_a_browser_needs_its_csrf_token(people: People) -> None:
    await people.register("cat@example.com")
    begun = await people.login("cat@example.com", kind="cookie")
    caller = await people.ask(None, cookie=begun.token)
    caller.check_csrf(begun.csrf_token)
    for given in (None, "", "guess", "\ud800"):
        with pytest.raises(CsrfMismatch):
            caller.check_csrf(given)
    bearer = await people.login("cat@example.com")
    (await people.ask(bearer.token)).check_csrf(None)


async def test_a_token_works_only_where_it_was_made_for(people: People) -> None:
    await people.register("cat@example.com")
    browser = await people.login("cat@example.com", kind="cookie")
    program = await people.login("cat@example.com")
    with pytest.raises(InvalidToken):
        await people.ask(browser.token)
    with pytest.raises(InvalidToken):
        await people.ask(None, cookie=program.token)


async def test_a_suspended_person_is_out_at_once(people: People) -> None:
    user = await people.register("cat@example.com")
    token = (await people.login("cat@example.com")).token
    async with people.db.transaction() as tx:
        await tx.execute(update(users).where(users.c.id == user.id).values(status="suspended"))
    with pytest.raises(InvalidToken):
        await people.ask(token)
    with pytest.raises(WrongCredentials):
        await people.login("cat@example.com")


async def test_the_last_use_is_written_once_a_minute(people: People) -> None:
    await people.register("cat@example.com")
    begun = await people.login("cat@example.com")
    seen = []
    for seconds in (1, 59, 60, 61, 121):
        await people.ask(begun.token, now=NOW + timedelta(seconds=seconds))
        async with people.db.transaction() as tx:
            used = select(sessions.c.last_used_at).where(sessions.c.id == begun.session_id)
            seen.append(int(((await tx.execute(used)).scalar_one() - NOW).total_seconds()))
    assert seen == [0, 0, 60, 60, 121]


async def test_an_api_key_is_no_login(people: People) -> None:
    caller = Caller((await people.register("a@example.com")).id, "user", "api_key", frozenset())
    with pytest.raises(NotAllowed):
        await logout(people.db, caller, now=NOW)


async def test_the_event_loop_is_free_while_argon2_runs(people: People) -> None:
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0)

    ticking = asyncio.create_task(tick())
    await people.passwords.hash("some password")
    ticking.cancel()
    assert ticks > 3  # one run on the loop itself would let it tick once at most


async def test_no_secret_is_in_a_repr(people: People) -> None:
    await people.register("cat@example.com")
    begun = await people.login("cat@example.com", kind="cookie")
    caller = await people.ask(None, cookie=begun.token)
    shown = repr((begun, caller, SECRETS, Registration("a@example.com", PASSWORD)))
    for secret in (
        begun.token,
        begun.csrf_token,
        PASSWORD,
        repr(SECRETS.keys[0].value),
        repr(caller.csrf_hash),
    ):
        assert str(secret) not in shown
