"""Finding the subscriptions that an administrator has suspended."""

from pathlib import Path

from alembic import op

from lumiku.migrations.statements import run_sql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """An index; nothing else changes."""
    run_sql(op.get_bind(), Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
