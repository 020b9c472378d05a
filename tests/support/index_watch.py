"""Notes every statement that our code sends to the database in a run, and finds those that no index answers.

A table of three rows is read whole whatever indexes there are, so the planner is told that that is dear; it
then reads a table whole only where no index could pick the rows.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import greenlet
import psycopg
from sqlalchemy import Connection, Engine, event

import lumiku

SOURCES = Path(lumiku.__file__).parent
# What is read whole on purpose, once a day or less, or small by nature.
WHOLE = {
    "accounts/list_users.py": "an administrator looks for a part of a name or address",
    "accounts/statistics.py": "an administrator counts everybody",
    "credits/audit.py": "the audit is about every row",
    "health/": "readiness reads PostgreSQL's catalogue",
    "migrations/": "so do the migrations",
    "postgres/": "and the server's own commands",
}


@dataclass
class Watch:
    """Statements by their text, with values to plan them with and the place that sent them."""

    seen: dict[str, tuple[Any, str]] = field(default_factory=dict)

    def note(self, statement: str, values: Any) -> None:
        place = _place()
        if place and statement not in self.seen and not any(place.startswith(known) for known in WHOLE):
            self.seen[statement] = (values, place)

    def complaints(self, url: str) -> list[str]:
        """One line for each statement that filters a table's rows after reading all of them."""
        found = []
        with psycopg.connect(url) as connection:
            connection.execute("SET enable_seqscan = off")
            for statement, (values, place) in self.seen.items():
                if statement.split(None, 1)[0].upper() not in {
                    "SELECT",
                    "INSERT",
                    "UPDATE",
                    "DELETE",
                    "WITH",
                }:
                    continue
                ((plan,),) = connection.execute(
                    "EXPLAIN (FORMAT JSON) " + statement, values or None
                ).fetchall()
                found += [
                    f"{place}: {table} is read whole for {filter_}"
                    for table, filter_ in _whole(plan[0]["Plan"])
                ]
        return found


@contextmanager
def watching() -> Iterator[Watch]:
    """Every engine of this process is watched until the end of the block."""
    watch = Watch()

    def before(
        _connection: Connection, _cursor: object, statement: str, values: Any, _context: object, many: bool
    ) -> None:
        watch.note(statement, values[0] if many and values else values)

    event.listen(Engine, "before_cursor_execute", before)
    try:
        yield watch
    finally:
        event.remove(Engine, "before_cursor_execute", before)


def _whole(node: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if (
        node["Node Type"] == "Seq Scan"
        and "Filter" in node
        and not node["Relation Name"].startswith("procrastinate")
    ):
        yield node["Relation Name"], node["Filter"]
    for child in node.get("Plans", []):
        yield from _whole(child)


def _place() -> str | None:
    """The line of ours that sends this statement; none if a test itself does."""
    frame: FrameType | None = greenlet.getcurrent().parent.gr_frame if greenlet.getcurrent().parent else None
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(SOURCES) and path.name != "db.py":
            return f"{path.relative_to(SOURCES)}:{frame.f_lineno}"
        if "tests" in path.parts:
            return None
        frame = frame.f_back
    return None
