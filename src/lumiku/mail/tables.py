"""The table of mails that were handed over, so that a task which runs twice sends once."""

from sqlalchemy import Column, DateTime, ForeignKey, String, Table

from lumiku.core.db import created_at, metadata

mail_deliveries = Table(
    "mail_deliveries",
    metadata,
    Column("key", String(120), primary_key=True),  # of the queue's task
    Column(
        "user_id", ForeignKey("users.id", ondelete="CASCADE"), index=True
    ),  # null: to an address that has no account yet
    Column("kind", String(32), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False, index=True),
    created_at(),
)
