"""`lumiku cleanup`: what the server does every night, by hand."""

import json
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Final

import typer

from lumiku.cli import exits
from lumiku.cli.database import Data, with_database

if TYPE_CHECKING:
    from lumiku.core.db import Database

_WORDS: Final = {
    "batch-abandoned": "batches that nobody started, expired",
    "batch-expired": "batches expired",
    "job-expired": "jobs expired",
    "original-expired": "originals expired",
    "file-deleted": "files of theirs deleted",
    "orphan-deleted": "files without a job deleted",
    "orphan-kept": "files without a job KEPT, for they are suspiciously many; --orphans deletes them",
    "unfinished-deleted": "half-written files deleted",
    "file-missing": "files MISSING that a job should have",
    "not-deleted": "files NOT DELETED, for the storage refused; the next cleanup tries again",
}
_AMISS: Final = ("orphan-kept", "file-missing", "not-deleted")


def cleanup(
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Change nothing; name what a real run would change.")
    ] = False,
    orphans: Annotated[
        bool, typer.Option("--orphans", help="Delete files without a job however many they are.")
    ] = False,
    data: Data = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Expire what is old, delete files that nobody needs, name jobs whose files are gone.

    The server does the same every night at 03:10 UTC. Work that waits or runs is never touched. Ended in the
    middle, the next run does the rest. Exits with 1 where a file is missing or was not deleted.

    Examples:
        lumiku cleanup --dry-run
        lumiku cleanup
        lumiku cleanup --dry-run --json | grep file-missing
    """
    counts: Counter[str] = Counter()

    async def run(db: "Database") -> None:
        from lumiku.core.clock import utc_now
        from lumiku.removals.cleanup import cleanup
        from lumiku.settings import Settings
        from lumiku.storage.open import open_storage

        settings = Settings()
        storage = open_storage(settings.storage, data or settings.server.data)
        found = cleanup(db, storage, settings.retention, utc_now(), dry_run=dry_run, any_orphans=orphans)
        async for each in found:
            counts[each.what] += 1
            if as_json:
                typer.echo(json.dumps({**asdict(each), "dryRun": dry_run}))
            else:
                typer.echo(f"{each.what}  {each.subject}" + (f"  of job {each.job}" if each.job else ""))

    with_database(data, run)
    if not as_json:
        for what, words in _WORDS.items():
            if counts[what]:
                typer.echo(f"{'would be: ' if dry_run and what not in _AMISS else ''}{counts[what]} {words}")
        if not counts:
            typer.echo("There is nothing to clean up.")
    if any(counts[what] for what in _AMISS):
        raise typer.Exit(exits.SOME_FAILED)
