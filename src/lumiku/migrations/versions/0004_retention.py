"""Retention: when originals have gone, and whose a stored file is."""

from pathlib import Path

from alembic import op

from lumiku.migrations.statements import run_sql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One more column that may be null, and a constraint that asks less; a release before goes on working."""
    run_sql(op.get_bind(), Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
