"""`lumiku subscriptions`: look at plans and subscriptions, give months, suspend."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lumiku.cli.database import Data, with_database
from lumiku.cli.flags import PanelledCommand
from lumiku.cli.listing import Json, print_json

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from lumiku.core.db import Database
    from lumiku.subscriptions.model import Subscription
    from lumiku.subscriptions.read import Seen

app = typer.Typer(help="Look at subscriptions, give months, suspend.", no_args_is_help=True)

Address = Annotated[str, typer.Argument(metavar="EMAIL", help="Whose account.", show_default=False)]
Reason = Annotated[str, typer.Option(help="Why; kept in the records.", show_default=False)]


@app.command(cls=PanelledCommand)
def plans(*, as_json: Json = False) -> None:
    """List the plans of the settings.

    Examples:
        lumiku subscriptions plans
    """
    from lumiku.settings import Settings

    settings = Settings().subscriptions
    if as_json:
        print_json({name: plan.model_dump() for name, plan in settings.plans.items()})
        return
    for name, plan in settings.plans.items():
        offered = "" if plan.offered else "  (no longer offered)"
        typer.echo(
            f"{name:16}  Rp {plan.price_idr:>11,} a month  {plan.daily_removals:>5} a day,"
            f" {plan.daily_premium} of them premium  {', '.join(plan.tiers)}{offered}"
        )


@app.command(cls=PanelledCommand, name="list")
def list_(
    *,
    page: Annotated[int, typer.Option(min=1, help="Which page.")] = 1,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """List the accounts that have a subscription, the latest first.

    Examples:
        lumiku subscriptions list
        lumiku subscriptions list --json
    """

    async def run(db: "Database") -> "tuple[list[tuple[str, Seen]], int]":
        from lumiku.core.clock import utc_now
        from lumiku.core.page import Page
        from lumiku.settings import Settings
        from lumiku.subscriptions.read import list_subscriptions

        settings = Settings().subscriptions
        async with db.transaction() as tx:
            found = await list_subscriptions(tx, Page(page, 100), settings=settings, now=utc_now())
        return list(found.items), found.total

    shown, total = with_database(data, run)
    if as_json:
        rows = [{"email": email, **_facts(seen)} for email, seen in shown]
        print_json({"subscriptions": rows, "total": total})
        return
    for email, seen in shown:
        typer.echo(_line(email, seen))
    typer.echo(f"{len(shown)} of {total} subscriptions")


@app.command(cls=PanelledCommand)
def show(address: Address, *, data: Data = None, as_json: Json = False) -> None:
    """Show somebody's subscription, with the quota of today.

    Examples:
        lumiku subscriptions show anna@example.org
    """

    async def nothing(tx: "AsyncConnection", user_id: "UUID") -> None:
        """It is only looked at."""

    _tell(address, _act(data, address, nothing), as_json=as_json)


@app.command(cls=PanelledCommand)
def grant(
    address: Address,
    plan: Annotated[str, typer.Argument(help="A plan of the settings.", show_default=False)],
    *,
    reason: Reason,
    months: Annotated[int, typer.Option(min=1, max=36, help="How many.")] = 1,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Give months of a plan without a payment; they follow what was paid for.

    Examples:
        lumiku subscriptions grant anna@example.org pro --months 3 --reason "Prize"
    """

    async def act(tx: "AsyncConnection", user_id: "UUID") -> "Subscription":
        from lumiku.core.clock import utc_now
        from lumiku.settings import Settings
        from lumiku.subscriptions.operate import Decision, grant_plan

        decision = Decision(None, reason)
        return await grant_plan(tx, user_id, plan, months, decision, rules=Settings(), now=utc_now())

    _tell(address, _act(data, address, act), as_json=as_json)


@app.command(cls=PanelledCommand)
def revoke(address: Address, *, reason: Reason, data: Data = None, as_json: Json = False) -> None:
    """Take back, now, what is left of months that were given; what was paid for stays, and moves up.

    Examples:
        lumiku subscriptions revoke anna@example.org --reason "Given by mistake"
    """
    from lumiku.subscriptions import operate

    _tell(address, _decide(data, address, operate.revoke, reason), as_json=as_json)


@app.command(cls=PanelledCommand)
def suspend(address: Address, *, reason: Reason, data: Data = None, as_json: Json = False) -> None:
    """Let nothing of somebody's plan be used until `resume`; its time runs on.

    Examples:
        lumiku subscriptions suspend anna@example.org --reason "Chargeback"
    """
    from lumiku.subscriptions import operate

    _tell(address, _decide(data, address, operate.suspend, reason), as_json=as_json)


@app.command(cls=PanelledCommand)
def resume(address: Address, *, reason: Reason, data: Data = None, as_json: Json = False) -> None:
    """Let a suspended plan be used again.

    Examples:
        lumiku subscriptions resume anna@example.org --reason "Paid after all"
    """
    from lumiku.subscriptions import operate

    _tell(address, _decide(data, address, operate.resume, reason), as_json=as_json)


def _decide(
    data: Path | None, address: str, decide: "Callable[..., Awaitable[Subscription]]", reason: str
) -> "Seen | None":
    """Revoke, suspend or resume somebody's subscription."""

    async def act(tx: "AsyncConnection", user_id: "UUID") -> "Subscription":
        from lumiku.core.clock import utc_now
        from lumiku.settings import Settings
        from lumiku.subscriptions.operate import Decision

        return await decide(tx, user_id, Decision(None, reason), rules=Settings(), now=utc_now())

    return _act(data, address, act)


def _act(
    data: Path | None, address: str, act: "Callable[[AsyncConnection, UUID], Awaitable[object]]"
) -> "Seen | None":
    """Do it to the person with this address, and see what is so then."""

    async def run(db: "Database") -> "Seen | None":
        from lumiku.accounts.repository import find_user_by_address
        from lumiku.core.clock import utc_now
        from lumiku.settings import Settings
        from lumiku.subscriptions.read import see

        async with db.transaction() as tx:
            user = await find_user_by_address(tx, address)
            await act(tx, user.id)
            return await see(tx, user.id, settings=Settings().subscriptions, now=utc_now())

    return with_database(data, run)


def _tell(address: str, seen: "Seen | None", *, as_json: bool) -> None:
    if as_json:
        print_json({"subscription": None if seen is None else _facts(seen)})
    elif seen is None:
        typer.echo(f"{address} has no subscription.")
    else:
        typer.echo(_line(address, seen))


def _facts(seen: "Seen") -> dict[str, Any]:
    return {
        "plan": seen.plan,
        "status": seen.state,
        "paidUntil": seen.paid_until,
        "nextPlan": seen.subscription.next_plan,
        "suspended": seen.subscription.suspended_at is not None,
        "quota": None if seen.quota is None else asdict(seen.quota),
    }


def _line(address: str, seen: "Seen") -> str:
    until = "-" if seen.paid_until is None else f"{seen.paid_until:%Y-%m-%d %H:%M}"
    quota = "" if seen.quota is None else f"  {seen.quota.remaining} of {seen.quota.limit} left today"
    suspended = "  suspended" if seen.subscription.suspended_at is not None else ""
    return f"{address}  {seen.plan}  {seen.state}  until {until}{quota}{suspended}"
