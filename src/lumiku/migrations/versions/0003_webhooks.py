"""Webhooks: endpoints and what was sent to them."""

from pathlib import Path

from alembic import op

from lumiku.migrations.statements import run_sql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two new tables, which a release before this one never looks at."""
    run_sql(op.get_bind(), Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
