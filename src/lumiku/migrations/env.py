"""What Alembic runs: the revisions, on the connection and in the transaction that `run.migrate` opened."""

from typing import Any

from alembic import context

from lumiku.migrations.tables import metadata

applied: list[str] = context.config.attributes.setdefault("applied", [])


def _include(name: str | None, kind: str, _parents: object) -> bool:
    """Procrastinate's tables are made by its own SQL, so a comparison with ours leaves them out."""
    return not (kind == "table" and name is not None and name.startswith("procrastinate_"))


def _remember(ctx: object, step: Any, heads: object, run_args: object) -> None:  # noqa: ARG001 called by name
    """So that a failure can name the revision after the last one that worked."""
    applied.append(step.up_revision_id)


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_name=_include,
    on_version_apply=_remember,
    compare_type=True,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
