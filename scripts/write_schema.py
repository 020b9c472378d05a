"""Writes src/lumiku/migrations/expected.json: what the revisions make of an empty database."""

import json
import sys
from importlib import import_module
from pathlib import Path

from sqlalchemy import create_engine

from lumiku.core.db import sqlalchemy_url
from lumiku.migrations.catalog import Schema, read_schema

ROOT = Path(__file__).parents[1]
EXPECTED = ROOT / "src/lumiku/migrations/expected.json"
sys.path.insert(0, str(ROOT / "tests"))
database = import_module("support.database")


def migrated_schema(socket_folder: str) -> Schema:
    """The schema of a new database that went through every revision."""
    database.create_template(socket_folder)
    engine = create_engine(sqlalchemy_url(database.url_of(socket_folder, "template_lumiku")))
    with engine.connect() as connection:
        schema = read_schema(connection)
    engine.dispose()
    return schema


def as_text(schema: Schema) -> str:
    """One object a line, so that a change reads well in a diff."""
    kinds = []
    for kind, objects in schema.items():
        lines = [
            f"    {json.dumps(name)}: {json.dumps(objects[name], sort_keys=True)}" for name in sorted(objects)
        ]
        kinds.append(f"  {json.dumps(kind)}: {{\n" + ",\n".join(lines) + "\n  }")
    return "{\n" + ",\n".join(kinds) + "\n}\n"


if __name__ == "__main__":
    with database.running_server() as folder:
        EXPECTED.write_text(as_text(migrated_schema(folder)), encoding="utf-8")
