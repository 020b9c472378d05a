"""Tables of plans in force and of the quota used each day."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    Uuid,
)

from lumiku.core.db import created_at, metadata, updated_at

background_remover_subscriptions = Table(
    "background_remover_subscriptions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="RESTRICT"), nullable=False, unique=True),
    Column("plan", String(16), nullable=False),
    Column("status", String(16), nullable=False, server_default="pending_payment"),
    Column("period_start", DateTime(timezone=True)),
    Column("period_end", DateTime(timezone=True)),
    Column("cancelled_at", DateTime(timezone=True)),
    Column("cancel_reason", String(500), nullable=False, server_default=""),
    created_at(),
    updated_at(),
    CheckConstraint("plan IN ('starter', 'pro')", name="plan"),
    CheckConstraint(
        "status IN ('pending_payment', 'active', 'past_due', 'cancelled', 'expired')", name="status"
    ),
    CheckConstraint("status = 'pending_payment' OR period_end > period_start", name="period"),
    Index("ix_background_remover_subscriptions_status_period_end", "status", "period_end"),
)

background_remover_subscription_usage = Table(
    "background_remover_subscription_usage",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column(
        "subscription_id",
        ForeignKey("background_remover_subscriptions.id", ondelete="RESTRICT"),
        nullable=False,
    ),
    Column("day", Date, nullable=False),  # a calendar day in the configured zone
    Column("used", Integer, nullable=False, server_default="0"),
    Column("premium_used", Integer, nullable=False, server_default="0"),  # professional and industry together
    created_at(),
    updated_at(),
    UniqueConstraint("subscription_id", "day"),
    CheckConstraint("used >= 0 AND premium_used >= 0 AND premium_used <= used", name="used"),
)
