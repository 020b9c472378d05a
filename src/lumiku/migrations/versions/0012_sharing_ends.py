"""When what is shared ends; an account's batches by their status."""

from pathlib import Path

from alembic import op

from lumiku.migrations.statements import run_sql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A column that may be null, and an index."""
    run_sql(op.get_bind(), Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
