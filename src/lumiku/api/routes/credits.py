"""One's own credits: balance, history and statement."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Final, Literal

from fastapi import Query
from starlette.responses import Response

from lumiku.api.access import user
from lumiku.api.csv import csv_answer
from lumiku.api.deps import CurrentCaller, Given
from lumiku.api.limits import STATUS
from lumiku.api.route import new_router
from lumiku.api.schemas.base import Moment, PageLimit, PageNumber, Pagination
from lumiku.api.schemas.credits import BalanceAnswer, HistoryAnswer, LineBody, StatementAnswer, StatementBody
from lumiku.core.page import Page
from lumiku.credits.ledger import read_balance
from lumiku.credits.statements import Line, history, statement

router = new_router("credits")

_CSV: Final = ("time", "kind", "amount", "balance_after", "reference", "paid_for", "note")
_MONTH: Final = timedelta(days=30)
_EARLIEST: Final = datetime.min.replace(tzinfo=UTC)


@router.get("/api/credits/balance", dependencies=[user("credits:read"), STATUS])
async def show_balance(caller: CurrentCaller, services: Given) -> BalanceAnswer:
    """Credits owned, reserved and free."""
    return BalanceAnswer.model_validate(await read_balance(services.db, caller.user_id))


@router.get("/api/credits/history", dependencies=[user("credits:read"), STATUS])
async def read_history(
    caller: CurrentCaller, services: Given, page: PageNumber = 1, limit: PageLimit = 20
) -> HistoryAnswer:
    """Everything that moved the balance, the newest first."""
    async with services.db.transaction() as tx:
        found = await history(tx, caller.user_id, Page(page, limit))
    return HistoryAnswer(
        entries=[LineBody.of(line) for line in found.items],
        pagination=Pagination.of(page=page, limit=limit, total=found.total),
    )


@router.get(
    "/api/credits/statement",
    response_model=StatementAnswer,
    dependencies=[user("credits:read"), STATUS],
    responses={
        200: {"content": {"text/csv": {"schema": {"type": "string"}}}},
        413: {"description": "The period has more than 100,000 lines."},
    },
)
async def read_statement(
    caller: CurrentCaller,
    services: Given,
    start: Annotated[
        Moment | None,
        Query(alias="from", description="Without it, 30 days before `to`."),
    ] = None,
    end: Annotated[Moment | None, Query(alias="to", description="Not included; without it, now.")] = None,
    as_format: Annotated[
        Literal["json", "csv"], Query(alias="format", description="csv: the lines as a file.")
    ] = "json",
) -> StatementAnswer | Response:
    """A period of the ledger with its opening and closing balance."""
    until = end or services.clock()
    since = start or until - min(_MONTH, until - _EARLIEST)
    async with services.db.transaction() as tx:
        told = await statement(tx, caller.user_id, since, until)
    if as_format == "csv":
        return csv_answer("credits", _CSV, (_row(line) for line in told.lines))
    return StatementAnswer(
        statement=StatementBody(
            start=told.start,
            end=told.end,
            opening=told.opening,
            closing=told.closing,
            totals=dict(told.totals),
            entries=[LineBody.of(line) for line in told.lines],
        )
    )


def _row(line: Line) -> tuple[object, ...]:
    entry = line.entry
    return (
        *(entry.created_at, entry.kind, entry.amount, entry.balance_after, entry.reference),
        *(line.paid_for, entry.note),
    )
