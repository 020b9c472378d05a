"""Compares a database with the schema that this release expects, and names every difference.

`expected.json` is what the revisions make, read back from PostgreSQL; the tests keep it equal to both the
revisions and the tables that the code states.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import cast

from sqlalchemy import Connection, text

from lumiku.core.db import Database
from lumiku.migrations.catalog import Schema, read_schema
from lumiku.migrations.grants import compare_grants
from lumiku.migrations.run import is_ahead, packaged_revisions, unapplied

_ABSENT = object()


@dataclass(frozen=True)
class Drift:
    """One difference between the database and what this release expects.

    Attributes:
        kind: table, column, constraint, index, trigger, rule, function, type or grant.
        object: its name; what belongs to a table is `table.name`.
        difference: what is wrong, in words.
    """

    kind: str
    object: str
    difference: str

    def __str__(self) -> str:
        return f"{self.kind} {self.object}: {self.difference}"


@dataclass(frozen=True)
class SchemaState:
    """What readiness asks: `pending` are the revisions not applied, oldest first."""

    pending: tuple[str, ...]
    drift: tuple[Drift, ...]

    @property
    def right(self) -> bool:
        """Whether this release can work with the database."""
        return not self.pending and not self.drift


async def verify(db: Database, app_role: str | None = None) -> list[Drift]:
    """Every drift of the schema that `db` works in.

    Args:
        db: as any role.
        app_role: whose rights to compare; by default the connected role's, unless that owns the tables.

    Raises:
        DatabaseUnavailable: the database does not answer.
    """
    return list((await schema_state(db, app_role)).drift)


async def schema_state(db: Database, app_role: str | None = None) -> SchemaState:
    """Pending revisions and drift, in one transaction; as `verify`."""
    async with db.transaction() as tx:
        return await tx.run_sync(_state, app_role)


@cache
def expected_schema() -> Schema:
    """The schema of this release."""
    packaged = resources.files("lumiku.migrations") / "expected.json"
    return cast(Schema, json.loads(packaged.read_text(encoding="utf-8")))


def compare_schemas(expected: Schema, actual: Schema, *, newer: bool = False) -> Iterator[Drift]:
    """What `actual` lacks, has otherwise, or has too much.

    Tables, functions and types that we do not know are somebody else's. With `newer`, so are additions to our
    tables: a later release has expanded the schema, and this one must go on running on it.
    """
    tables = expected["table"].keys()
    for kind, objects in expected.items():
        found = actual[kind]
        for name in sorted(objects.keys() | found.keys()):
            table = name.partition(".")[0]
            if name not in objects:
                if "." in name and table in tables and not newer:
                    yield Drift(kind, name, "is not expected")
            elif name in found:
                for fact, value in objects[name].items():
                    other = found[name].get(fact, _ABSENT)
                    if other != value:
                        yield Drift(kind, name, f"{fact} is {_say(other)}, expected {_say(value)}")
            elif kind == "table" or table not in tables or table in actual["table"]:
                yield Drift(kind, name, "is missing")  # of a missing table only the table is named


def _state(connection: Connection, app_role: str | None) -> SchemaState:
    script = packaged_revisions()
    expected = expected_schema()
    tables = sorted(expected["table"])
    actual = read_schema(connection)
    drift = list(compare_schemas(expected, actual, newer=is_ahead(connection, script)))
    role = app_role or _role_to_check(connection, tables)
    if role is not None:
        drift += [
            Drift("grant", f"on {g.kind} {g.object}", g.difference)
            for g in compare_grants(connection, role, tables)
        ]
    return SchemaState(tuple(unapplied(connection, script)), tuple(drift))


def _role_to_check(connection: Connection, tables: list[str]) -> str | None:
    """The connected role, unless it owns our tables and so may do everything."""
    query = text("""
        SELECT current_user::text WHERE NOT EXISTS (
            SELECT 1 FROM pg_class WHERE relnamespace = current_schema()::regnamespace
            AND relname = ANY(CAST(:tables AS text[])) AND relowner = CAST(current_user AS regrole))
    """)
    return cast("str | None", connection.scalar(query, {"tables": tables}))


def _say(value: object) -> str:
    if value is _ABSENT or value is None or value == "":
        return "none"
    return value if isinstance(value, str) else json.dumps(value)
