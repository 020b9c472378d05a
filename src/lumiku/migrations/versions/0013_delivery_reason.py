"""Why a webhook's delivery failed, for programs."""

from pathlib import Path

from alembic import op

from lumiku.migrations.statements import run_sql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A column that may be null."""
    run_sql(op.get_bind(), Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
