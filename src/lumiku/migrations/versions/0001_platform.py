"""The platform's tables, the four feature tables, and the queue's, from nothing.

There is no way down; a mistake is mended by the next revision.
"""

from pathlib import Path

from alembic import op

from lumiku.migrations.queue_schema import bring_queue_to
from lumiku.migrations.statements import run_sql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Queue first, then our own SQL."""
    bring_queue_to(op.get_bind(), "03.04.00_50_post_add_retry_failed_job_procedure.sql")
    run_sql(op.get_bind(), Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
