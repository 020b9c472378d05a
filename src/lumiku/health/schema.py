"""Is the schema the one that this release expects?"""

from typing import ClassVar

from lumiku.core.db import Database
from lumiku.health.check import Check, CheckFailed, Reason
from lumiku.migrations.verify import schema_state

_FRESH_S = 5.0  # reading the catalogue costs tens of milliseconds
_MOST_NAMED = 5


class SchemaWrong(CheckFailed):
    """Revisions are pending, or tables differ from what the code expects."""

    code = "MIGRATION_PENDING"
    kind: ClassVar[Reason] = "SCHEMA_DIFFERS"


def schema_check(db: Database) -> Check:
    """Names pending revisions, and each table, column or index that is missing or different."""

    async def ask() -> str:
        state = await schema_state(db)
        wrong = [f"revision {name} is pending" for name in state.pending]
        wrong += [str(drift) for drift in state.drift]
        if wrong:
            more = f" and {len(wrong) - _MOST_NAMED} more" if len(wrong) > _MOST_NAMED else ""
            # With both, the revisions come first: they may well mend the rest.
            named = [*state.pending, *(f"{each.kind} {each.object}" for each in state.drift)][:_MOST_NAMED]
            raise SchemaWrong(
                "; ".join(wrong[:_MOST_NAMED]) + more,
                "REVISIONS_PENDING" if state.pending else None,
                named=named,
                others=len(wrong) - len(named),
            )
        return "as expected"

    return Check("schema", ask, _FRESH_S)
