"""Tables of webhooks: where events are sent, and what became of each sending."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from lumiku.core.db import created_at, metadata, updated_at

# The secret that signs is not here: it is made from the server's own, the id and the generation.
webhook_endpoints = Table(
    "webhook_endpoints",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("url", String(2048), nullable=False),
    Column("events", ARRAY(String(32)), nullable=False),
    Column("description", String(200), nullable=False, server_default=""),
    Column("generation", SmallInteger, nullable=False, server_default="1"),  # of the secret
    Column("rotated_at", DateTime(timezone=True)),  # when this generation began; null: with the endpoint
    Column("failing_since", DateTime(timezone=True)),  # null: the latest sending arrived, or there was none
    Column("disabled_at", DateTime(timezone=True)),
    Column("disabled_reason", String(16)),
    created_at(),
    updated_at(),
    CheckConstraint("cardinality(events) > 0", name="events"),
    CheckConstraint("generation > 0", name="generation"),
    CheckConstraint("disabled_reason IN ('owner', 'gone', 'failing')", name="disabled_reason"),
    CheckConstraint("(disabled_at IS NULL) = (disabled_reason IS NULL)", name="disabled"),
)

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("endpoint_id", ForeignKey("webhook_endpoints.id", ondelete="CASCADE"), nullable=False),
    Column("event_id", Uuid, nullable=False),  # the same in every try and at every endpoint
    Column("event_type", String(32), nullable=False),
    Column("payload", JSONB, nullable=False),
    Column("status", String(16), nullable=False, server_default="pending"),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("next_at", DateTime(timezone=True)),  # not before
    Column("sending_until", DateTime(timezone=True)),  # a worker has it, or died with it
    Column("queue_job_id", BigInteger),  # procrastinate_jobs.id of the latest task
    Column("last_status", SmallInteger),  # HTTP status of the latest answer
    Column("last_error", String(300)),
    Column("last_reason", String(16)),  # the same, for programs
    Column("attempted_at", DateTime(timezone=True)),
    created_at(),
    updated_at(),
    UniqueConstraint("endpoint_id", "event_id"),
    CheckConstraint("status IN ('pending', 'succeeded', 'failed')", name="status"),
    CheckConstraint("(status = 'pending') = (next_at IS NOT NULL)", name="next_at"),
    CheckConstraint("sending_until IS NULL OR status = 'pending'", name="sending_until"),
    CheckConstraint("attempts >= 0", name="attempts"),
    Index("ix_webhook_deliveries_endpoint_id_created_at", "endpoint_id", "created_at"),
    Index("ix_webhook_deliveries_created_at", "created_at"),
    Index(
        "ix_webhook_deliveries_sending",
        "endpoint_id",
        "sending_until",
        postgresql_where=text("sending_until IS NOT NULL"),
    ),
    Index("ix_webhook_deliveries_next_at", "next_at", postgresql_where=text("status = 'pending'")),
)
