"""How `lumiku job` and `lumiku batch` find rows and print them."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from lumiku.cli.report import one_line

if TYPE_CHECKING:
    from lumiku.core.db import Database
    from lumiku.removals.overview import Record

Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Owner = Annotated[str | None, typer.Option("--user", metavar="EMAIL", help="Only this account's.")]
Limit = Annotated[int, typer.Option(min=1, max=1000, help="How many, the newest first.")]
# What only our own storage and queue understand.
_HIDDEN = {"hold_id", "position", "source_sha256", "usage_id"}


async def id_of(db: "Database", address: str | None) -> UUID | None:
    """The account with this address; None where no address is given."""
    if address is None:
        return None
    from lumiku.accounts.repository import find_user_by_address

    async with db.transaction() as tx:
        return (await find_user_by_address(tx, address)).id


def print_json(value: Any) -> None:
    """Ids and times as text."""
    typer.echo(json.dumps(value, default=_text, ensure_ascii=False))


def print_record(record: "Record", more: Mapping[str, Any]) -> None:
    """One thing a line: what is known, and nothing else."""
    shown = {name: value for name, value in record.items() if name not in _HIDDEN} | dict(more)
    width = max(map(len, shown))
    for name, value in shown.items():
        if value not in (None, "", {}, []):
            typer.echo(f"{name.replace('_', ' '):{width}}  {one_line(_text(value))}")


def job_line(job: "Record") -> str:
    """A job on one line."""
    failure = f"  {job['error_code']}" if job["error_code"] else ""
    name = one_line(job["original_name"])
    return (
        f"{job['created_at']:%Y-%m-%d %H:%M}  {job['id']}  {job['status']:10}  {job['tier']:12}  "
        f"{job['email']}  {name}{failure}"
    )


def batch_line(batch: "Record") -> str:
    """A batch on one line."""
    failed = f", {batch['failed_images']} failed" if batch["failed_images"] else ""
    counts = f"{batch['processed_images']}/{batch['total_images']}{failed}"
    return (
        f"{batch['created_at']:%Y-%m-%d %H:%M}  {batch['id']}  {batch['status']:10}  {batch['tier']:12}  "
        f"{batch['email']}  {counts}  {one_line(batch['name'])}"
    )


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value)
