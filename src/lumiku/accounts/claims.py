"""Addresses that somebody says are theirs: kept apart from accounts until a mailed link proves it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.accounts.address import address_hash
from lumiku.accounts.errors import LinkUnusable
from lumiku.accounts.model import Language
from lumiku.accounts.settings import AccountsSettings
from lumiku.accounts.tables import address_claims
from lumiku.core.ids import new_id
from lumiku.core.secrets import new_token, token_hash

_LOCKS: Final = 0x434C4149  # a space of its own among advisory locks
_HOUR: Final = timedelta(hours=1)
_COLUMNS: Final = (
    address_claims.c.id,
    address_claims.c.user_id,
    address_claims.c.email,
    address_claims.c.name,
    address_claims.c.language,
    address_claims.c.password_hash,
)


@dataclass(frozen=True)
class NewClaim:
    """What is to be kept until the address is proven.

    Attributes:
        email, name, language: of the account.
        hashed: the password of a new account.
        user_id: whose account is to have the address, where it is not a new one.
    """

    email: str
    name: str = ""
    language: Language = "en"
    hashed: str | None = field(default=None, repr=False)
    user_id: UUID | None = None


@dataclass(frozen=True)
class Claim:
    """A claim as it is kept."""

    id: UUID
    user_id: UUID | None
    email: str
    name: str
    language: Language
    hashed: str | None = field(repr=False)


async def claim_address(
    tx: AsyncConnection, claim: NewClaim, *, settings: AccountsSettings, now: datetime
) -> UUID:
    """Keep it; gives its id. Nobody is asked whether the address is free."""
    claim_id = new_id()
    await tx.execute(
        insert(address_claims).values(
            id=claim_id,
            user_id=claim.user_id,
            email=claim.email,
            name=claim.name,
            language=claim.language,
            password_hash=claim.hashed,
            expires_at=now + timedelta(seconds=settings.confirm_link_ttl_s),
            created_at=now,
        )
    )
    return claim_id


async def find_claim(tx: AsyncConnection, claim_id: UUID, *, now: datetime) -> Claim | None:
    """The claim, unless it was used, dropped or has expired."""
    return await _one(
        tx,
        select(*_COLUMNS).where(address_claims.c.id == claim_id, address_claims.c.expires_at > now),
    )


async def claim_of_link(tx: AsyncConnection, token: str, *, now: datetime, lock: bool = False) -> Claim:
    """The claim that a mailed link is for; with `lock`, of twins one gets it and the other waits.

    Raises:
        LinkUnusable: it was used, has expired, or was never ours.
    """
    query = select(*_COLUMNS).where(_of_link(token), address_claims.c.expires_at > now)
    claim = await _one(tx, query.with_for_update() if lock else query)
    if claim is None:
        raise LinkUnusable("the link was used or has expired; ask for a new one")
    return claim


async def lock_address(tx: AsyncConnection, email: str) -> None:
    """Whoever else claims this address waits for the transaction's end; taken before any row's lock."""
    number = int.from_bytes(address_hash(email)[:4], signed=True)
    await tx.execute(select(func.pg_advisory_xact_lock(_LOCKS, number)))


async def may_mail(tx: AsyncConnection, claim: Claim, *, settings: AccountsSettings, now: datetime) -> bool:
    """Whether its address was sent few enough mails of late; if so, this one counts from now on."""
    await lock_address(tx, claim.email)
    lately = select(func.count()).where(
        _of_address(claim.email), address_claims.c.mailed_at > now - _HOUR, address_claims.c.id != claim.id
    )
    if (await tx.execute(lately)).scalar_one() >= settings.confirm_mails_an_hour:
        return False
    await tx.execute(update(address_claims).where(address_claims.c.id == claim.id).values(mailed_at=now))
    return True


async def link_for(tx: AsyncConnection, claim: Claim, *, settings: AccountsSettings, now: datetime) -> str:
    """The token of its link, which is the one time that it is seen; a link made before works no more."""
    token = new_token()
    expires_at = now + timedelta(seconds=settings.confirm_link_ttl_s)
    linked = update(address_claims).where(address_claims.c.id == claim.id)
    await tx.execute(linked.values(token_hash=token_hash(token), expires_at=expires_at))
    return token


async def drop_claims(tx: AsyncConnection, email: str) -> None:
    """The address has found its account: what others claimed of it is over."""
    await tx.execute(delete(address_claims).where(_of_address(email)))


async def drop_claims_of(tx: AsyncConnection, user_id: UUID) -> None:
    """No link that would change this account's address works any more."""
    await tx.execute(delete(address_claims).where(address_claims.c.user_id == user_id))


async def addresses_claimed_by(tx: AsyncConnection, user_id: UUID) -> list[str]:
    """The addresses that wait to become this account's."""
    query = select(address_claims.c.email).where(address_claims.c.user_id == user_id)
    return list((await tx.execute(query.order_by(address_claims.c.id))).scalars())


def _of_address(email: str) -> ColumnElement[bool]:
    return func.lower(address_claims.c.email) == email.lower()


def _of_link(token: str) -> ColumnElement[bool]:
    return address_claims.c.token_hash == token_hash(token)


async def _one(tx: AsyncConnection, query: Select[Any]) -> Claim | None:
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else Claim(*row)
