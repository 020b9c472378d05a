"""An account's life: made, changed, promoted, exported, deleted."""

import asyncio
import json
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.accounts.admins import promote
from lumiku.accounts.confirm import confirm_password
from lumiku.accounts.create_user import NewUser, create_user
from lumiku.accounts.delete_account import delete_account
from lumiku.accounts.end_sessions import end_sessions
from lumiku.accounts.errors import (
    AddressTaken,
    BadPassword,
    BadProfile,
    InvalidToken,
    LastAdmin,
    LinkUnusable,
    UserNotFound,
    WrongCredentials,
)
from lumiku.accounts.export_account import export_account
from lumiku.accounts.hooks import Hooks
from lumiku.accounts.keys import create_key
from lumiku.accounts.links import make_link
from lumiku.accounts.list_users import list_users
from lumiku.accounts.local_user import ensure_local_user
from lumiku.accounts.model import User
from lumiku.accounts.profile import ProfileChange, read_profile, update_profile
from lumiku.accounts.purge import purge_expired
from lumiku.accounts.setup_admin import admin_setup_link, setup_admin
from lumiku.accounts.tables import (
    api_keys,
    audit_log,
    login_failures,
    one_time_links,
    sessions,
    users,
)
from lumiku.core.errors import Conflict
from lumiku.core.page import Page
from support.people import NOW, PASSWORD, SETTINGS, People


async def create(people: People, email: str, **more) -> User:
    return await create_user(
        people.db,
        NewUser(email, **more),
        passwords=people.passwords,
        hooks=people.effects.hooks(),
        actor_id=None,
        now=NOW,
    )


async def delete(people: People, user_id: UUID, hooks: Hooks | None = None) -> None:
    await delete_account(people.db, user_id, hooks=hooks or Hooks(), actor_id=None, now=NOW)


async def count(people: People, table) -> int:
    async with people.db.transaction() as tx:
        return (await tx.execute(select(func.count()).select_from(table))).scalar_one()


async def test_a_profile_is_read_and_changed(people: People) -> None:
    user = await people.register("cat@example.com")
    changed = await update_profile(people.db, user.id, ProfileChange(" Kucing ", "id", mail_opt_out=True))
    assert (changed.name, changed.language, changed.mail_opt_out) == ("Kucing", "id", True)
    assert await update_profile(people.db, user.id, ProfileChange()) == changed
    assert await read_profile(people.db, user.id) == changed
    for wrong in (ProfileChange("x" * 121), ProfileChange("a\nb"), ProfileChange(language="fr")):
        with pytest.raises(BadProfile):
            await update_profile(people.db, user.id, wrong)


async def test_an_administrator_makes_accounts(people: People) -> None:
    user = await create(people, "cat@example.com", password=PASSWORD, role="admin", name="Cat")
    await people.login("cat@example.com")
    assert people.effects.bonuses == [user.id]
    with pytest.raises(AddressTaken):
        await create(people, "CAT@example.com")
    await create(people, "later@example.com")
    with pytest.raises(WrongCredentials):
        await people.login("later@example.com", "")


async def test_there_is_always_an_administrator(people: People) -> None:
    cat = await create(people, "cat@example.com", password=PASSWORD, role="admin")
    await create(people, "never@example.com", role="admin")  # cannot log in, so does not count
    for act in (promote(people.db, cat.id, "user", actor_id=None), delete(people, cat.id)):
        with pytest.raises(LastAdmin):
            await act
    dog = await create(people, "dog@example.com", password=PASSWORD, role="admin")
    tries = [promote(people.db, each.id, "user", actor_id=None) for each in (cat, dog)]
    answers = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(answer, LastAdmin) for answer in answers) == 1


async def test_the_first_administrator_sets_up_by_a_link_that_works_once(people: People) -> None:
    async def setup(token: str, email: str = "boss@example.com") -> User:
        return await setup_admin(people.db, token, email, PASSWORD, passwords=people.passwords, now=NOW)

    async def new_link() -> str | None:
        return await admin_setup_link(people.db, settings=SETTINGS, hooks=people.effects.hooks(), now=NOW)

    await people.register("taken@example.com")
    first, *more = await asyncio.gather(*(new_link() for _ in range(4)))
    token = await new_link()
    assert first is not None
    assert token is not None
    for older in (first, *more, "guess"):
        with pytest.raises(LinkUnusable):
            await setup(str(older))
    with pytest.raises(AddressTaken):
        await setup(token, "TAKEN@example.com")
    boss = await setup(token)
    assert boss.role == "admin"
    with pytest.raises(LinkUnusable):
        await setup(token, "other@example.com")
    assert await new_link() is None
    assert await count(people, users) == 2
    assert (await people.ask((await people.login("boss@example.com")).token)).role == "admin"


async def test_a_deleted_person_is_gone_and_the_row_stays(people: People) -> None:
    user = await people.register("cat@example.com")
    begun = await people.login("cat@example.com")
    caller = await people.ask(begun.token)
    key = (await create_key(people.db, caller, "ci", ["account:read"], settings=SETTINGS, now=NOW)).key
    with pytest.raises(WrongCredentials):
        await people.login("cat@example.com", "guess guess")
    await delete(people, user.id)
    for token in (begun.token, key):
        with pytest.raises(InvalidToken):
            await people.ask(token)
    with pytest.raises(WrongCredentials):
        await people.login("cat@example.com")
    with pytest.raises(UserNotFound):
        await delete(people, user.id)
    assert [await count(people, table) for table in (sessions, api_keys, one_time_links)] == [0, 0, 0]
    assert await count(people, login_failures) == 1  # of the login just now
    async with people.db.transaction() as tx:
        (row,) = (await tx.execute(select(users))).all()
        acts = (await tx.execute(select(audit_log))).all()
    assert (row.id, row.status, row.name, row.password_hash) == (user.id, "deleted", "", None)
    for trace in ("cat@", "Somebody", "127.0.0.1", "pytest"):
        assert trace not in repr((row, acts))
    again = await people.register("cat@example.com")
    assert again.id != user.id


async def test_nothing_is_deleted_while_work_is_open(people: People) -> None:
    async def holds_are_open(tx: AsyncConnection, user_id: UUID) -> None:
        raise Conflict("credits are held for work in progress")

    user = await people.register("cat@example.com")
    with pytest.raises(Conflict):
        await delete(people, user.id, Hooks(deleting=holds_are_open))
    await people.login("cat@example.com")


async def test_a_login_beside_a_deletion_leaves_no_session(people: People) -> None:
    user = await people.register("cat@example.com")
    await asyncio.gather(
        *(people.login("cat@example.com") for _ in range(4)), delete(people, user.id), return_exceptions=True
    )
    assert await count(people, sessions) == 0


async def test_an_export_has_everything_and_no_secret(people: People) -> None:
    async def more(tx: AsyncConnection, user_id: UUID) -> dict[str, object]:
        return {"credits": {"balance": 100}}

    user = await people.register("cat@example.com")
    begun = await people.login("cat@example.com", kind="cookie")
    caller = await people.ask(None, cookie=begun.token)
    made = await create_key(people.db, caller, "ci", ["account:read"], settings=SETTINGS, now=NOW)
    exported = await export_account(people.db, user.id, hooks=Hooks(export=more), actor_id=user.id, now=NOW)
    text = json.dumps(exported)
    assert exported["account"]["email"] == "cat@example.com"
    assert exported["account"]["mailOptOut"] is False
    assert exported["sessions"][0]["userAgent"] == "pytest"
    assert exported["keys"][0]["scopes"] == ["account:read"]
    assert exported["credits"] == {"balance": 100}
    acts = [act["action"] for act in exported["securityActs"]]
    assert acts == ["account.registered", "session.started", "key.created"]
    for secret in (begun.token, begun.csrf_token, made.key, "$argon2", "Hash"):
        assert str(secret) not in text


async def test_ending_all_sessions(people: People) -> None:
    user = await people.register("cat@example.com")
    begun = await people.login("cat@example.com")
    caller = await people.ask(begun.token)
    key = (await create_key(people.db, caller, "ci", ["account:read"], settings=SETTINGS, now=NOW)).key
    assert await end_sessions(people.db, user.id, actor_id=None, now=NOW) == 1
    with pytest.raises(InvalidToken):
        await people.ask(begun.token)
    await people.ask(key)
    assert await end_sessions(people.db, user.id, actor_id=None, now=NOW, keys_too=True) == 1
    with pytest.raises(InvalidToken):
        await people.ask(key)


async def test_the_password_again_before_what_matters(people: People) -> None:
    user = await people.register("cat@example.com")
    given = {"passwords": people.passwords, "settings": SETTINGS, "now": NOW}
    await confirm_password(people.db, user.id, PASSWORD, **given)
    with pytest.raises(BadPassword):
        await confirm_password(people.db, user.id, "guess guess", **given)


async def test_people_are_listed_by_pages_and_found(people: People) -> None:
    for number in range(5):
        await create(people, f"p{number}@example.com", name="100%_x" if number == 3 else "")
    await delete(people, (await people.find("p0@example.com")).id)
    page = await list_users(people.db, Page(1, 3))
    assert ([user.email[:2] for user in page.items], page.total) == (["p4", "p3", "p2"], 4)
    assert [user.email[:2] for user in (await list_users(people.db, Page(2, 3))).items] == ["p1"]
    for search, found in (("P2@EX", 1), ("%_", 1), ("%", 1), ("nobody", 0), ("\0", 4)):
        assert (await list_users(people.db, Page(), search=search)).total == found


async def test_the_local_person_is_one(people: People) -> None:
    made = [ensure_local_user(people.db, hooks=people.effects.hooks(), now=NOW) for _ in range(6)]
    ids = set(await asyncio.gather(*made))
    assert len(ids) == 1
    assert people.effects.bonuses == [*ids]


async def test_what_expired_is_purged_and_nothing_else(people: People) -> None:
    user = await people.register("cat@example.com")
    await people.login("cat@example.com")
    live = await people.login("cat@example.com", now=NOW + timedelta(days=8))
    with pytest.raises(WrongCredentials):
        await people.login("cat@example.com", "guess guess")
    async with people.db.transaction() as tx:
        await make_link(tx, user.id, "password_reset", settings=SETTINGS, now=NOW)
        await tx.execute(update(sessions).where(sessions.c.id == live.session_id).values(revoked_at=None))
    nothing = await purge_expired(people.db, settings=SETTINGS, now=NOW)
    assert set(nothing.values()) == {0}
    gone = await purge_expired(people.db, settings=SETTINGS, now=NOW + timedelta(days=8, seconds=3601))
    assert gone == {"sessions": 1, "one_time_links": 1, "address_claims": 0, "login_failures": 1}
    await people.ask(live.token, now=NOW + timedelta(days=8, seconds=3601))
