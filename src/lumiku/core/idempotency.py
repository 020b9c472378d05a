"""Idempotency keys: the same request sent twice is done once and answered twice alike."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from psycopg.errors import LockNotAvailable
from sqlalchemy import bindparam, delete, select, text, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.core.db import Database
from lumiku.core.errors import Conflict, InvalidInput
from lumiku.core.tables import idempotency_keys

KEPT_FOR: Final = timedelta(hours=24)
_MAX_KEY_LENGTH: Final = 255

# A twin at the same time waits here, at the primary key, until the first has committed or rolled back.
_CLAIM = text("""
INSERT INTO idempotency_keys (account, route, key, request_hash, status, headers, body, expires_at)
VALUES (:account, :route, :key, :request_hash, 0, '{}', 'null', :expires_at)
ON CONFLICT (account, route, key) DO UPDATE
SET request_hash = excluded.request_hash, expires_at = excluded.expires_at
WHERE idempotency_keys.expires_at <= :now
RETURNING true
""").bindparams(bindparam("request_hash", type_=idempotency_keys.c.request_hash.type))


class IdempotencyConflict(Conflict):
    """The key was used for another request, or the first request with it has not finished yet."""

    code = "IDEMPOTENCY_CONFLICT"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered: `body` is JSON as Python values."""

    status: int
    headers: Mapping[str, str]
    body: Any


@dataclass(frozen=True, slots=True)
class Replayable:
    """An answer, and whether it is an earlier one given again."""

    answer: Answer
    replayed: bool


async def once(
    db: Database,
    *,
    account: str,
    route: str,
    key: str,
    request_hash: bytes,
    run: Callable[[AsyncConnection], Awaitable[Answer]],
    now: datetime,
) -> Replayable:
    """Do `run` in a transaction that also stores its answer under the key; a replay gives that answer.

    An error in `run` rolls back both, so the same key may be tried again. First answer and replays are read
    from the same stored row, so they are equal to the byte once serialised.

    Args:
        db: where.
        account: whose key; others may use the same one.
        route: the route's template with its method.
        key: the client's `Idempotency-Key`, 1 to 255 printable ASCII characters.
        request_hash: of all that decides what the request does (path, body).
        run: the work; all of it must go through the transaction that it is given.
        now: keys older than a day at this time are forgotten.

    Raises:
        IdempotencyConflict: same key with another request, or its twin has run for longer than we wait.
        InvalidInput: the key is empty, too long or not printable ASCII.
    """
    if not (0 < len(key) <= _MAX_KEY_LENGTH and key.isascii() and key.isprintable()):
        raise InvalidInput(f"an idempotency key must have 1 to {_MAX_KEY_LENGTH} printable ASCII characters")
    mine = {"account": account, "route": route, "key": key}
    async with db.transaction() as tx:
        claim = {**mine, "request_hash": request_hash, "expires_at": now + KEPT_FOR, "now": now}
        try:
            claimed = await tx.scalar(_CLAIM, claim)
        except OperationalError as error:
            if isinstance(error.orig, LockNotAvailable):
                raise IdempotencyConflict("the first request with this key is still running") from error
            raise
        if not claimed:
            return Replayable(await _stored(tx, mine, request_hash), replayed=True)
        answer = await run(tx)
        row = await tx.execute(
            update(idempotency_keys)
            .filter_by(**mine)
            .values(status=answer.status, headers=dict(answer.headers), body=answer.body)
            .returning(idempotency_keys.c.status, idempotency_keys.c.headers, idempotency_keys.c.body)
        )
        return Replayable(Answer(*row.one()), replayed=False)


async def earlier(
    db: Database, *, account: str, route: str, key: str, request_hash: bytes, now: datetime
) -> Answer | None:
    """The answer that the key has already, so that costly preparation can be left out; `once` decides.

    Raises:
        IdempotencyConflict: the key was used for another request.
    """
    async with db.transaction() as tx:
        mine = {"account": account, "route": route, "key": key}
        row = (await tx.execute(select(idempotency_keys).filter_by(**mine))).one_or_none()
        if row is None or row.expires_at <= now:
            return None
        return await _stored(tx, mine, request_hash)


async def forget_expired(db: Database, now: datetime) -> int:
    """Delete keys whose day is over; gives how many."""
    async with db.transaction() as tx:
        return (
            await tx.execute(delete(idempotency_keys).where(idempotency_keys.c.expires_at <= now))
        ).rowcount


async def forget_account(tx: AsyncConnection, account: str) -> None:
    """Delete the keys of an account that goes, whose answers hold names that it gave."""
    await tx.execute(delete(idempotency_keys).where(idempotency_keys.c.account == account))


async def _stored(tx: AsyncConnection, mine: Mapping[str, str], request_hash: bytes) -> Answer:
    row = (await tx.execute(select(idempotency_keys).filter_by(**mine))).one()
    if bytes(row.request_hash) != request_hash:
        raise IdempotencyConflict("this idempotency key was used for another request")
    return Answer(row.status, row.headers, row.body)
