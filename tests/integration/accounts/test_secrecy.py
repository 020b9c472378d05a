"""Nothing that must stay secret reaches a log or an error's text, even where everything goes wrong."""

import logging

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from lumiku.accounts.change_password import PasswordChange, change_password
from lumiku.accounts.errors import WrongCredentials
from lumiku.accounts.keys import create_key
from lumiku.accounts.links import make_link
from lumiku.accounts.reset_password import reset_password
from lumiku.accounts.tables import users
from lumiku.core.ids import new_id
from lumiku.core.log import without_secrets
from support.people import NOW, PASSWORD, SECRETS, SETTINGS, People


async def test_no_secret_is_logged_however_talkative_the_log(
    people: People, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("sqlalchemy.engine").setLevel(logging.INFO)  # each statement
    try:
        user = await people.register("cat@example.com")
        begun = await people.login("cat@example.com", kind="cookie")
        with pytest.raises(WrongCredentials):
            await people.login("cat@example.com", "guessed password")
        caller = await people.ask(None, cookie=begun.token)
        made = await create_key(people.db, caller, "ci", ["account:read"], settings=SETTINGS, now=NOW)
        await people.ask(made.key)
        given = {"passwords": people.passwords, "hooks": people.effects.hooks(), "now": NOW}
        await change_password(
            people.db, caller, PasswordChange(PASSWORD, "second password"), settings=SETTINGS, **given
        )
        async with people.db.transaction() as tx:
            token = await make_link(tx, user.id, "password_reset", settings=SETTINGS, now=NOW)
        await reset_password(people.db, token, "third password", **given)
    finally:
        logging.getLogger("sqlalchemy.engine").setLevel(logging.NOTSET)
    assert "INSERT INTO sessions" in caplog.text  # it was talkative
    passwords = (PASSWORD, "guessed password", "second password", "third password")
    tokens = (begun.token, begun.csrf_token, made.key, token, repr(SECRETS.keys[0].value))
    for secret in (*passwords, *tokens, "$argon2id", "cat@example.com"):
        assert str(secret) not in caplog.text


async def test_an_error_of_the_database_is_logged_without_what_is_secret(people: People) -> None:
    row = {"email": "cat@example.com", "password_hash": "$argon2id$hush", "role": "emperor"}
    with pytest.raises(IntegrityError) as refused:
        async with people.db.transaction() as tx:
            await tx.execute(insert(users).values(id=new_id(), **row))
    assert "ck_users_role" in str(refused.value)
    logged = without_secrets(str(refused.value))
    assert "Failing row" in logged  # PostgreSQL tells; what must stay secret in it is taken out
    assert "hush" not in logged
    assert "cat@example.com" not in logged
