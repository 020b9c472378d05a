"""Payments: invoices, and everything that was ever said about one."""

from pathlib import Path

from alembic import op

from lumiku.migrations.statements import run_sql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two new tables, which a release before this one never looks at."""
    run_sql(op.get_bind(), Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
