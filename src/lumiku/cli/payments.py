"""`lumiku payments`: look at payments, confirm that money came in, refund."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lumiku.cli.database import Data, with_database
from lumiku.cli.flags import PanelledCommand
from lumiku.cli.listing import Json, Limit, Owner, id_of, print_json, print_record
from lumiku.cli.report import one_line

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from lumiku.core.db import Database
    from lumiku.payments.model import Event, Invoice

app = typer.Typer(help="Look at payments, confirm and refund them.", no_args_is_help=True)

Name = Annotated[
    str, typer.Argument(metavar="INVOICE", help="Its number, such as INV-2026-000123, or its id.")
]


@app.command("list", cls=PanelledCommand)
def list_payments(
    *,
    status: Annotated[
        str | None, typer.Option(help="Only those: pending, paid, expired, cancelled, refunded.")
    ] = None,
    attention: Annotated[
        bool,
        typer.Option(
            "--attention", help="Only those whose money delivered nothing, and that nobody marked handled."
        ),
    ] = False,
    user: Owner = None,
    limit: Limit = 20,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Payments of all accounts, the newest first.

    Examples:
        lumiku payments list --status pending
        lumiku payments list --attention
    """

    async def run(db: "Database") -> "Sequence[Invoice]":
        from lumiku.core.page import MAX_LIMIT, Page
        from lumiku.payments.read import Sought, list_invoices, status_of

        sought = Sought(await id_of(db, user), status_of(status) if status else None, attention)
        found: list[Invoice] = []
        async with db.transaction() as tx:
            while len(found) < limit:
                page = Page(len(found) // MAX_LIMIT + 1, MAX_LIMIT)
                listed = (await list_invoices(tx, sought, page)).items
                found += listed
                if len(listed) < MAX_LIMIT:
                    break
        return found[:limit]

    found = with_database(data, run)
    if as_json:
        print_json([_shown(invoice) for invoice in found])
        return
    for invoice in found:
        typer.echo(_line(invoice))
    if not found:
        typer.echo("There are no such payments.")


@app.command(cls=PanelledCommand)
def show(name: Name, *, data: Data = None, as_json: Json = False) -> None:
    """Everything that is known of a payment, and all that was said about it.

    Examples:
        lumiku payments show INV-2026-000123
    """

    async def run(db: "Database") -> "tuple[Invoice, Sequence[Event]]":
        from lumiku.payments.events import events_of
        from lumiku.payments.read import find_by_name

        async with db.transaction() as tx:
            invoice = await find_by_name(tx, name)
            return invoice, await events_of(tx, invoice.id)

    invoice, events = with_database(data, run)
    if as_json:
        print_json({"payment": _shown(invoice), "events": [asdict(event) for event in events]})
        return
    print_record(_shown(invoice), {})
    for event in events:
        told = " ".join(filter(None, (event.source, event.verdict, event.reference, event.note)))
        amount = "" if event.amount is None else f"  {event.amount:,}"
        typer.echo(f"{event.created_at:%Y-%m-%d %H:%M}  {one_line(told)}{amount}")


@app.command(cls=PanelledCommand)
def confirm(
    name: Name,
    *,
    reference: Annotated[
        str, typer.Option(metavar="TEXT", help="Of the transfer; it can pay one invoice.")
    ] = "",
    amount: Annotated[
        int | None, typer.Option(min=1, help="What came in; it must be the invoice's amount.")
    ] = None,
    note: Annotated[str, typer.Option(help="For the record.")] = "",
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Say that the money came in: delivers what it is for, once. Safe to repeat.

    Examples:
        lumiku payments confirm INV-2026-000123 --reference "bank 4711" --amount 100000
    """

    async def act(tx: "AsyncConnection", invoice: "Invoice") -> "Invoice":
        from lumiku.bootstrap import fulfilment
        from lumiku.core.clock import utc_now
        from lumiku.payments import confirm as use_case
        from lumiku.settings import Settings

        said = use_case.Confirmation(reference, amount, note)
        delivers = fulfilment(Settings())
        return await use_case.confirm(tx, invoice.id, said, fulfil=delivers, now=utc_now())

    _tell(_acted(data, name, act), as_json=as_json)


@app.command(cls=PanelledCommand)
def refund(
    name: Name,
    *,
    reason: Annotated[str, typer.Option(help="Why; for the record.", show_default=False)],
    partial: Annotated[
        bool, typer.Option("--partial", help="Where credits are spent: refund what is free, at its share.")
    ] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Take back what was delivered and note the refund; send the money back yourself. Again is refused.

    Examples:
        lumiku payments refund INV-2026-000123 --reason "Bought twice"
    """

    async def act(tx: "AsyncConnection", invoice: "Invoice") -> "Invoice":
        from lumiku.bootstrap import fulfilment
        from lumiku.core.clock import utc_now
        from lumiku.payments import refund as use_case
        from lumiku.settings import Settings

        wanted = use_case.Refund(reason, partial)
        takes_back = fulfilment(Settings())
        return await use_case.refund(tx, invoice.id, wanted, fulfil=takes_back, now=utc_now())

    _tell(_acted(data, name, act), as_json=as_json)


@app.command(cls=PanelledCommand)
def withdraw(
    name: Name,
    *,
    note: Annotated[str, typer.Option(help="Why; for the record.")] = "",
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Withdraw an invoice that nobody has paid; money that comes in all the same still pays it.

    Examples:
        lumiku payments withdraw INV-2026-000123 --note "Ordered twice"
    """

    async def act(tx: "AsyncConnection", invoice: "Invoice") -> "Invoice":
        from lumiku.core.clock import utc_now
        from lumiku.payments.events import Said
        from lumiku.settings import Settings
        from lumiku.subscriptions import withdraw as use_case

        said = Said("admin", None, note)
        return await use_case.withdraw(tx, invoice.id, said, rules=Settings(), now=utc_now())

    _tell(_acted(data, name, act), as_json=as_json)


@app.command(cls=PanelledCommand)
def handled(
    name: Name,
    *,
    note: Annotated[str, typer.Option(help="What was done; for the record.", show_default=False)],
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Say what was done about money that nothing was delivered for; `--attention` then leaves it out.

    Examples:
        lumiku payments handled INV-2026-000123 --note "Sent back, bank 4712"
    """

    async def act(tx: "AsyncConnection", invoice: "Invoice") -> "Invoice":
        from lumiku.payments.mark_handled import mark_handled

        return await mark_handled(tx, invoice.id, note, actor_id=None)

    _tell(_acted(data, name, act), as_json=as_json)


def _acted(
    data: Path | None, name: str, act: "Callable[[AsyncConnection, Invoice], Awaitable[Invoice]]"
) -> "Invoice":
    async def run(db: "Database") -> "Invoice":
        from lumiku.core import log
        from lumiku.core.settings import LogSettings
        from lumiku.payments.read import find_by_name

        log.configure(LogSettings(level="error"))  # what happened is told below, on standard output
        async with db.transaction() as tx:
            return await act(tx, await find_by_name(tx, name))

    return with_database(data, run)


def _tell(invoice: "Invoice", *, as_json: bool) -> None:
    if as_json:
        print_json(_shown(invoice))
    elif invoice.refunded_amount is not None:
        taken = f", {invoice.refunded_credits} credits taken back" if invoice.credits else ""
        typer.echo(f"{invoice.number} is refunded: {invoice.refunded_amount:,} {invoice.currency}{taken}")
    else:
        typer.echo(f"{invoice.number} is {invoice.status}: {invoice.description}")


def _line(invoice: "Invoice") -> str:
    return (
        f"{invoice.created_at:%Y-%m-%d %H:%M}  {invoice.number}  {invoice.status:9}  {invoice.gateway:8}  "
        f"{invoice.amount:>13,} {invoice.currency}  {one_line(invoice.description)}"
    )


def _shown(invoice: "Invoice") -> dict[str, Any]:
    return {name: value for name, value in vars(invoice).items() if name != "payment_url"}
