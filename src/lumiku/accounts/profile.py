"""What a person may see and change of their own account."""

from dataclasses import dataclass
from typing import Final, get_args
from uuid import UUID

from sqlalchemy import update

from lumiku.accounts.audit import record
from lumiku.accounts.errors import BadProfile, UserNotFound
from lumiku.accounts.model import Language, User
from lumiku.accounts.register import display_name
from lumiku.accounts.repository import USER_COLUMNS, find_user, user_of
from lumiku.accounts.tables import users
from lumiku.core.db import Database

_PERSON: Final = """
SELECT id, email, name, role, status, language, mail_opt_out, created_at
FROM users WHERE id = %(id)s AND status <> 'deleted'
"""


@dataclass(frozen=True)
class ProfileChange:
    """What is None stays."""

    name: str | None = None
    language: Language | None = None
    mail_opt_out: bool | None = None


async def read_profile(db: Database, user_id: UUID) -> User:
    """The person.

    Raises:
        UserNotFound: there is none any more.
    """
    row = await db.one(_PERSON, {"id": user_id})
    if row is None:
        raise UserNotFound("there is no such account")
    return User(**row)


async def update_profile(db: Database, user_id: UUID, change: ProfileChange) -> User:
    """The person after the change.

    Raises:
        BadProfile: a name or language that we do not take.
    """
    if change.language is not None and change.language not in get_args(Language):
        raise BadProfile("the languages are en and id", field="language", reason="BAD_LANGUAGE")
    given = {
        "name": None if change.name is None else display_name(change.name),
        "language": change.language,
        "mail_opt_out": change.mail_opt_out,
    }
    values = {name: value for name, value in given.items() if value is not None}
    async with db.transaction() as tx:
        user = await find_user(tx, user_id, lock=True)
        if not values:
            return user
        changed = update(users).where(users.c.id == user_id).values(values).returning(*USER_COLUMNS)
        row = (await tx.execute(changed)).mappings().one()
        await record(tx, "profile.changed", actor_id=user_id, subject_id=user_id, fields=sorted(values))
        return user_of(row)
