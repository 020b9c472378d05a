"""`lumiku job`: single pictures of any account, on the machine of the server."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Literal
from uuid import UUID

import typer

from lumiku.cli.database import Data, with_database
from lumiku.cli.flags import PanelledCommand, Tier
from lumiku.cli.listing import Json, Limit, Owner, id_of, job_line, print_json, print_record
from lumiku.cli.operate import in_owners_place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from lumiku.core.db import Database
    from lumiku.queue.look import Place
    from lumiku.removals.model import Job
    from lumiku.removals.overview import Record

app = typer.Typer(help="Look at jobs, try them again, cancel them.", no_args_is_help=True)

JobId = Annotated[UUID, typer.Argument(metavar="ID", help="Of the job.", show_default=False)]
Status = Literal["pending", "processing", "completed", "failed", "cancelled", "expired"]


@app.command(cls=PanelledCommand, name="list")
def list_(
    *,
    status: Annotated[Status | None, typer.Option(help="Only those in this state.")] = None,
    tier: Annotated[Tier | None, typer.Option(help="Only of this tier.")] = None,
    user: Owner = None,
    batch: Annotated[UUID | None, typer.Option(metavar="ID", help="Only items of this batch.")] = None,
    limit: Limit = 20,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """List jobs of all accounts, the newest first.

    Examples:
        lumiku job list --status failed
        lumiku job list --user anna@example.org --limit 100 --json
    """

    async def run(db: "Database") -> "Sequence[Record]":
        from lumiku.removals.overview import Wanted, latest_jobs

        wanted = Wanted(status, tier, await id_of(db, user), batch, limit)
        async with db.transaction() as tx:
            return await latest_jobs(tx, wanted)

    found = with_database(data, run)
    if as_json:
        print_json({"jobs": found})
        return
    for job in found:
        typer.echo(job_line(job))
    if not found:
        typer.echo("There are no such jobs.")


@app.command(cls=PanelledCommand)
def show(job_id: JobId, *, data: Data = None, as_json: Json = False) -> None:
    """Everything that is known of a job, and where it is in the queue.

    Examples:
        lumiku job show 019aa5e0-7d4e-7c33-9f4e-0a4f6f2b1c11
    """

    async def run(db: "Database") -> "tuple[Record, Place | None]":
        from lumiku.queue.look import place
        from lumiku.removals.overview import any_job

        async with db.transaction() as tx:
            job = await any_job(tx, job_id)
            number = job["queue_job_id"]
            return job, None if number is None else await place(tx, number)

    job, queued = with_database(data, run)
    if as_json:
        print_json({"job": job, "queue": None if queued is None else asdict(queued)})
    else:
        print_record(job, {} if queued is None else {f"queue {k}": v for k, v in asdict(queued).items()})


@app.command(cls=PanelledCommand)
def retry(job_id: JobId, *, data: Data = None) -> None:
    """Queue a job again that failed or was cancelled; its account pays if it comes out now.

    Examples:
        lumiku job retry 019aa5e0-7d4e-7c33-9f4e-0a4f6f2b1c11
    """

    async def run(db: "Database") -> "Job":
        from lumiku.core.clock import utc_now
        from lumiku.removals.retry import retry_job
        from lumiku.settings import Settings

        async def again(tx: "AsyncConnection", owner: UUID) -> "Job":
            return await retry_job(tx, owner, job_id, rules=Settings(), now=utc_now())

        return await in_owners_place(db, "job", job_id, "retried", again)

    job = with_database(data, run)
    typer.echo(f"Job {job.id} waits again; {job.price} credits are held for it.")


@app.command(cls=PanelledCommand)
def cancel(job_id: JobId, *, data: Data = None) -> None:
    """End a job that waits or runs; the credits held for it are free again.

    Examples:
        lumiku job cancel 019aa5e0-7d4e-7c33-9f4e-0a4f6f2b1c11
    """

    async def run(db: "Database") -> "Job":
        from lumiku.core.clock import utc_now
        from lumiku.removals.cancel import cancel_job

        async def end(tx: "AsyncConnection", owner: UUID) -> "Job":
            return await cancel_job(tx, owner, job_id, now=utc_now())

        return await in_owners_place(db, "job", job_id, "cancelled", end)

    typer.echo(f"Job {with_database(data, run).id} is cancelled.")
