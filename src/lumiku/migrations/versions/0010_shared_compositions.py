"""Where a composition that its owner shows to others is kept."""

from pathlib import Path

from alembic import op

from lumiku.migrations.statements import run_sql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A column that may be null, and its index; a release before goes on working."""
    run_sql(op.get_bind(), Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
