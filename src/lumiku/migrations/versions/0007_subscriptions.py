"""Subscriptions: the months that were paid for, what happened, and which day's quota pays for a picture."""

from pathlib import Path

from alembic import op

from lumiku.migrations.statements import run_sql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """New tables, columns that may be null or have a default, and a wider check of plans."""
    run_sql(op.get_bind(), Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
