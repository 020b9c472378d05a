"""Addresses that wait to be proven by a mailed link, and mails to those who have no account yet."""

from pathlib import Path

from alembic import op

from lumiku.migrations.statements import run_sql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One more table, and a column that may now be null; a release before goes on working."""
    run_sql(op.get_bind(), Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
