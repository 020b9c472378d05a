"""The database for the time of one command."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from lumiku.core.errors import Unavailable

if TYPE_CHECKING:
    from lumiku.core.db import Database

Data = Annotated[Path | None, typer.Option("--data", metavar="FOLDER", help="The server's data folder.")]
Result = TypeVar("Result")


class SchemaOutdated(Unavailable):
    """The database lacks migrations of this release."""

    code = "MIGRATION_PENDING"


def with_database(data: Path | None, run: "Callable[[Database], Coroutine[Any, Any, Result]]") -> Result:
    """What `run` gives, as the application's role; an embedded server that does not run is started for it.

    Raises:
        SchemaOutdated: the schema is older than this release.
        LumikuError: there is no database, it does not answer, or what `run` raises.
    """
    from lumiku.core.db import Database
    from lumiku.core.settings import DatabaseSettings
    from lumiku.migrations.run import pending
    from lumiku.postgres.reach import reachable_database
    from lumiku.settings import Settings

    settings = Settings()
    where = data or settings.server.data
    with reachable_database(where, settings.database, settings.postgres) as urls:
        if pending(urls.app):
            raise SchemaOutdated("the database's schema is not up to date; run `lumiku db migrate`")

        async def go() -> Result:
            db = Database(urls.app, DatabaseSettings(pool_size=1))
            try:
                return await run(db)
            finally:
                await db.close()

        return asyncio.run(go())
