"""Procrastinate's schema, by the SQL files that it ships, up to the one that a revision names.

Its whole `schema.sql` would grow with the installed version, and a later revision of ours could then find its
work done already. Its migrations are numbered and stay, so a revision always makes the same schema.
"""

from importlib import resources

from sqlalchemy import Connection

from lumiku.migrations.statements import run_sql


def queue_migrations() -> list[str]:
    """The names of all migrations of the installed Procrastinate, in order."""
    folder = resources.files("procrastinate.sql.migrations")
    return sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))


def apply_queue_migrations(connection: Connection, *, after: str = "", through: str) -> None:
    """Run the migrations behind `after`, up to and including `through`, in the connection's transaction.

    Raises:
        LookupError: the installed Procrastinate does not have `through`.
    """
    names = queue_migrations()
    if through not in names:
        raise LookupError(f"the installed Procrastinate lacks {through}; another version is needed")
    folder = resources.files("procrastinate.sql.migrations")
    for name in names:
        if after < name <= through:
            run_sql(connection, (folder / name).read_text(encoding="utf-8"))
