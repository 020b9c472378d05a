"""For administrators: people, credits and numbers."""

import hashlib
from typing import Annotated
from uuid import UUID

from fastapi import Query
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import JSONResponse

from lumiku.accounts.audit import record
from lumiku.accounts.list_users import list_users
from lumiku.accounts.statistics import count_accounts
from lumiku.accounts.suspend import restore, suspend
from lumiku.api.access import admin
from lumiku.api.deps import CurrentCaller, Given
from lumiku.api.idempotency import IdempotencyKey, answer_once, fingerprint
from lumiku.api.limits import STATUS
from lumiku.api.period import Period, days_of, first_day
from lumiku.api.route import new_router
from lumiku.api.schemas.accounts import ListedUserAnswer, ListedUserBody, UsersAnswer
from lumiku.api.schemas.admin import AccountCounts, CreditCounts, RemovalCounts, StatsAnswer, StatsBody
from lumiku.api.schemas.base import Line, PageLimit, PageNumber, Pagination
from lumiku.api.schemas.credits import CreditsRequest, EntryAnswer, EntryBody
from lumiku.core.errors import InvalidInput
from lumiku.core.idempotency import Answer
from lumiku.core.page import Page
from lumiku.credits.ledger import adjust, grant
from lumiku.credits.statistics import count_credits
from lumiku.removals.statistics import count_removals

router = new_router("administration")


@router.get("/api/admin/users", dependencies=[admin, STATUS])
async def list_people(
    services: Given,
    search: Annotated[Line, Query(max_length=200, description="A part of the address or name.")] = "",
    page: PageNumber = 1,
    limit: PageLimit = 20,
) -> UsersAnswer:
    """People with accounts, the newest first."""
    found = await list_users(services.db, search=search, page=Page(page, limit))
    return UsersAnswer(
        users=[ListedUserBody.model_validate(user) for user in found.items],
        pagination=Pagination.of(page=page, limit=limit, total=found.total),
    )


@router.post(
    "/api/admin/users/{user_id}/suspend",
    dependencies=[admin, STATUS],
    responses={409: {"description": "Nobody would be left to administer."}},
)
async def suspend_person(user_id: UUID, caller: CurrentCaller, services: Given) -> ListedUserAnswer:
    """Shut a person out: sessions end, and neither password nor key is let in; twice is as once."""
    user = await suspend(services.db, user_id, actor_id=caller.user_id, now=services.clock())
    return ListedUserAnswer(user=ListedUserBody.model_validate(user))


@router.post("/api/admin/users/{user_id}/restore", dependencies=[admin, STATUS])
async def restore_person(user_id: UUID, caller: CurrentCaller, services: Given) -> ListedUserAnswer:
    """Let a suspended person in again; their keys work again."""
    user = await restore(services.db, user_id, actor_id=caller.user_id)
    return ListedUserAnswer(user=ListedUserBody.model_validate(user))


@router.post(
    "/api/admin/credits",
    status_code=201,
    response_model=EntryAnswer,
    dependencies=[admin, STATUS],
    responses={
        402: {"description": "More would be taken than is free."},
        404: {"description": "There is no such account."},
        409: {"description": "The key was used for another request: IDEMPOTENCY_CONFLICT, CONFLICT."},
    },
)
async def give_credits(
    wanted: CreditsRequest, caller: CurrentCaller, request: Request, key: IdempotencyKey
) -> JSONResponse:
    """Give credits to an account, or take them with a reason; done once for each Idempotency-Key."""
    if wanted.amount == 0:
        raise InvalidInput("amount must not be 0", field="amount", reason="NO_AMOUNT")
    if wanted.amount < 0 and not wanted.note.strip():
        raise InvalidInput("taking credits needs a note that says why", field="note", reason="NO_NOTE")
    # By the key, so that a retry after the stored answer is forgotten still moves nothing twice.
    reference = f"admin:{caller.user_id}:{hashlib.sha256(key.encode()).hexdigest()[:32]}"

    async def run(tx: AsyncConnection) -> Answer:
        target, by = wanted.user_id, caller.user_id
        if wanted.amount > 0:
            entry = await grant(
                tx, target, wanted.amount, reference, kind="grant", actor_id=by, note=wanted.note
            )
            await record(tx, "credits.granted", actor_id=by, subject_id=target, amount=wanted.amount)
        else:
            entry = await adjust(tx, target, wanted.amount, reference, actor_id=by, note=wanted.note)
        body = EntryAnswer(entry=EntryBody.model_validate(entry))
        return Answer(201, {}, body.model_dump(mode="json", by_alias=True))

    return await answer_once(request, key=key, request_hash=fingerprint(wanted), run=run)


@router.get("/api/admin/stats", dependencies=[admin, STATUS])
async def read_stats(services: Given, period: Period = "30d") -> StatsAnswer:
    """The server in numbers, over the last days."""
    since = first_day(days_of(period), services.clock())
    async with services.db.transaction() as tx:
        accounts = await count_accounts(tx, since)
        credits_ = await count_credits(tx, since)
        removals = await count_removals(tx, since)
    return StatsAnswer(
        stats=StatsBody(
            since=since,
            accounts=AccountCounts.model_validate(accounts),
            credits=CreditCounts.model_validate(credits_),
            removals=RemovalCounts.model_validate(removals),
        )
    )
