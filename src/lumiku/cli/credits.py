"""`lumiku credits`: prove that the ledger holds, and grant credits by hand."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from lumiku.cli import exits
from lumiku.cli.database import Data, with_database
from lumiku.cli.flags import PanelledCommand

if TYPE_CHECKING:
    from lumiku.core.db import Database
    from lumiku.credits.audit import Violation
    from lumiku.credits.model import Entry

app = typer.Typer(help="Check the ledger, grant credits.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


@app.command(cls=PanelledCommand)
def audit(*, data: Data = None, as_json: Json = False) -> None:
    """Prove the ledger's invariants over all accounts; exits with 1 and names each that is broken.

    Credits may move meanwhile. The database is the one of the settings; the embedded one is started if it
    does not run.

    Examples:
        lumiku credits audit
        lumiku credits audit --json
    """
    violations, invariants = with_database(data, _audit)
    if as_json:
        broken = [asdict(each) for each in violations]
        typer.echo(json.dumps({"invariants": invariants, "violations": broken}, indent=2))
    for each in () if as_json else violations:
        typer.echo(f"BROKEN {each.invariant}: {each.subject} has {each.found}, expected {each.expected}")
    if violations:
        raise typer.Exit(exits.SOME_FAILED)
    if not as_json:
        typer.echo(f"The ledger holds: {invariants} invariants over all accounts.")


@app.command(cls=PanelledCommand)
def grant(
    address: Annotated[str, typer.Argument(metavar="EMAIL", help="Whose account.", show_default=False)],
    amount: Annotated[int, typer.Argument(metavar="CREDITS", help="How many.", min=1, show_default=False)],
    *,
    note: Annotated[str, typer.Option(help="Why; shown in the history.")] = "",
    reference: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="Makes it safe to repeat: a reference grants once, for ever."),
    ] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Add credits to an account; the audit log keeps that it was done here.

    Examples:
        lumiku credits grant anna@example.org 500 --note "Conference"
        lumiku credits grant anna@example.org 500 --reference invoice:2026-118
    """

    async def run(db: "Database") -> "Entry":
        from lumiku.accounts.repository import find_user_by_address
        from lumiku.core.ids import new_id
        from lumiku.credits import ledger

        async with db.transaction() as tx:
            user = await find_user_by_address(tx, address)
            mark = reference or f"cli:{new_id()}"
            return await ledger.grant(tx, user.id, amount, mark, kind="grant", note=note)

    entry = with_database(data, run)
    if as_json:
        told = {"amount": entry.amount, "balance": entry.balance_after, "reference": entry.reference}
        typer.echo(json.dumps(told))
    else:
        typer.echo(
            f"{entry.amount} credits granted ({entry.reference}); the balance then: {entry.balance_after}"
        )


async def _audit(db: "Database") -> "tuple[list[Violation], int]":
    from lumiku.credits.audit import INVARIANTS, audit

    return await audit(db), len(INVARIANTS)
