"""Starts a revision: writes what differs between the `tables.py` files and the revisions so far.

scripts/new_revision.py "what it is for"

Alembic sees no CHECK constraint, trigger or function: add those by hand, read the rest, then `make schema`.
"""

import sys
from importlib import import_module
from pathlib import Path

from alembic import command
from sqlalchemy import create_engine

from lumiku.core.db import sqlalchemy_url
from lumiku.migrations.run import VERSIONS, alembic_config, migrate, packaged_revisions

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
database = import_module("support.database")


def write_revision(message: str, socket_folder: str, folder: Path = VERSIONS) -> Path:
    """A new file in `folder`; its number follows the last one's."""
    number = f"{int(packaged_revisions().get_heads()[0]) + 1:04}"
    url = database.url_of(socket_folder, database.create_empty(socket_folder))
    migrate(url, None)
    config = alembic_config((VERSIONS, folder) if folder != VERSIONS else (VERSIONS,))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    engine = create_engine(sqlalchemy_url(url))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.revision(config, message, autogenerate=True, rev_id=number, version_path=str(folder))
    engine.dispose()
    (written,) = folder.glob(f"{number}_*.py")
    return written


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with database.running_server() as running:
        print(write_revision(sys.argv[1], running))  # noqa: T201
