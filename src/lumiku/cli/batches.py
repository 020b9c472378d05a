"""`lumiku batch`: batches of any account, on the machine of the server."""

from typing import TYPE_CHECKING, Annotated, Literal
from uuid import UUID

import typer

from lumiku.cli.database import Data, with_database
from lumiku.cli.flags import PanelledCommand, Tier
from lumiku.cli.listing import Json, Limit, Owner, batch_line, id_of, job_line, print_json, print_record
from lumiku.cli.operate import in_owners_place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from lumiku.core.db import Database
    from lumiku.removals.model import Batch
    from lumiku.removals.overview import Record
    from lumiku.removals.retry_batch import Retried

app = typer.Typer(help="Look at batches, try them again, cancel them.", no_args_is_help=True)

BatchId = Annotated[UUID, typer.Argument(metavar="ID", help="Of the batch.", show_default=False)]
Status = Literal["pending", "processing", "completed", "partial", "failed", "cancelled", "expired"]
_ALL_ITEMS = 1000  # more than a batch may have


@app.command(cls=PanelledCommand, name="list")
def list_(
    *,
    status: Annotated[Status | None, typer.Option(help="Only those in this state.")] = None,
    tier: Annotated[Tier | None, typer.Option(help="Only of this tier.")] = None,
    user: Owner = None,
    limit: Limit = 20,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """List batches of all accounts, the newest first.

    Examples:
        lumiku batch list --status processing
        lumiku batch list --user anna@example.org --json
    """

    async def run(db: "Database") -> "Sequence[Record]":
        from lumiku.removals.overview import Wanted, latest_batches

        wanted = Wanted(status, tier, await id_of(db, user), limit=limit)
        async with db.transaction() as tx:
            return await latest_batches(tx, wanted)

    found = with_database(data, run)
    if as_json:
        print_json({"batches": found})
        return
    for batch in found:
        typer.echo(batch_line(batch))
    if not found:
        typer.echo("There are no such batches.")


@app.command(cls=PanelledCommand)
def show(batch_id: BatchId, *, data: Data = None, as_json: Json = False) -> None:
    """Everything that is known of a batch, and the items of it that failed; with --json, all items.

    Examples:
        lumiku batch show 019aa5e0-7d4e-7c33-9f4e-0a4f6f2b1c11
        lumiku batch show 019aa5e0-7d4e-7c33-9f4e-0a4f6f2b1c11 --json
    """

    async def run(db: "Database") -> "tuple[Record, Sequence[Record]]":
        from lumiku.removals.overview import Wanted, any_batch, latest_jobs

        async with db.transaction() as tx:
            batch = await any_batch(tx, batch_id)
            return batch, await latest_jobs(tx, Wanted(batch_id=batch_id, limit=_ALL_ITEMS))

    batch, items = with_database(data, run)
    items = sorted(items, key=lambda item: int(item["position"]))
    if as_json:
        print_json({"batch": batch, "jobs": items})
        return
    print_record(batch, {})
    for item in items:
        if item["error_code"]:
            typer.echo(job_line(item))


@app.command(cls=PanelledCommand)
def retry(
    batch_id: BatchId,
    *,
    cancelled: Annotated[bool, typer.Option("--cancelled", help="Those that were cancelled too.")] = False,
    data: Data = None,
) -> None:
    """Queue the items again that failed, all or none; those whose originals are gone stay, and are counted.

    Examples:
        lumiku batch retry 019aa5e0-7d4e-7c33-9f4e-0a4f6f2b1c11
        lumiku batch retry 019aa5e0-7d4e-7c33-9f4e-0a4f6f2b1c11 --cancelled
    """

    async def run(db: "Database") -> "Retried":
        from lumiku.core.clock import utc_now
        from lumiku.removals.retry_batch import retry_batch
        from lumiku.settings import Settings

        async def again(tx: "AsyncConnection", owner: UUID) -> "Retried":
            statuses = ("failed", "cancelled") if cancelled else ("failed",)
            return await retry_batch(tx, owner, batch_id, rules=Settings(), now=utc_now(), statuses=statuses)

        return await in_owners_place(db, "batch", batch_id, "retried", again)

    done = with_database(data, run)
    held = sum(job.price for job in done.jobs)
    typer.echo(f"{len(done.jobs)} items wait again; {held} credits are held for them.")
    if done.left:
        typer.echo(f"{len(done.left)} stay as they are, for their pictures are not kept.")


@app.command(cls=PanelledCommand)
def cancel(batch_id: BatchId, *, data: Data = None) -> None:
    """End what has not come out of a batch; the credits held for it are free again.

    Examples:
        lumiku batch cancel 019aa5e0-7d4e-7c33-9f4e-0a4f6f2b1c11
    """

    async def run(db: "Database") -> "Batch":
        from lumiku.core.clock import utc_now
        from lumiku.removals.cancel import cancel_batch

        async def end(tx: "AsyncConnection", owner: UUID) -> "Batch":
            return await cancel_batch(tx, owner, batch_id, now=utc_now())

        return await in_owners_place(db, "batch", batch_id, "cancelled", end)

    batch = with_database(data, run)
    typer.echo(
        f"Batch {batch.id} is cancelled: {batch.processed_images} came out, "
        f"{batch.cancelled_images} never will."
    )
