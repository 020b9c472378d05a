"""Removals over HTTP: what jobs and batches are known by, and the places of accounts in the fair queue."""

from pathlib import Path

from alembic import op

from lumiku.migrations.statements import run_sql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """New columns have defaults or may be null, so a release before this one goes on working."""
    run_sql(op.get_bind(), Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
