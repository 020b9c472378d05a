"""Procrastinate's schema, by the SQL that it ships, inside our revisions.

A new database gets the whole schema of the installed version at once; an older one gets what it lacks. A
comment on the table of jobs says how far the schema is, so that both end the same. (Its migrations one by one
would need no comment, but PostgreSQL 16 refuses them in one transaction.)
"""

from importlib import resources

from procrastinate.schema import SchemaManager
from psycopg import sql
from sqlalchemy import Connection, text

from lumiku.migrations.statements import run_sql


def queue_migrations() -> list[str]:
    """The names of all migrations of the installed Procrastinate, in order."""
    folder = resources.files("procrastinate.sql.migrations")
    return sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))


def bring_queue_to(connection: Connection, through: str) -> None:
    """Make the queue's schema as it is after the migration `through`, in the connection's transaction.

    Raises:
        LookupError: the installed Procrastinate does not have that migration.
    """
    names = queue_migrations()
    if through not in names:
        raise LookupError(f"the installed Procrastinate lacks {through}; another version is needed")
    level = connection.scalar(text("SELECT obj_description(to_regclass('procrastinate_jobs'))"))
    if level is None:
        run_sql(connection, SchemaManager.get_schema())
        through = names[-1]
    else:
        folder = resources.files("procrastinate.sql.migrations")
        for name in names:
            if level < name <= through:
                run_sql(connection, (folder / name).read_text(encoding="utf-8"))
    comment = sql.SQL("COMMENT ON TABLE procrastinate_jobs IS {}").format(
        sql.Literal(max(level or "", through))
    )
    run_sql(connection, comment)
