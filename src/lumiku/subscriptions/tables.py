"""Tables of subscriptions: what was decided and paid for, what happened, and the quota used each day."""

from sqlalchemy import (
    BigInteger,
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
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from lumiku.core.db import created_at, metadata, updated_at

background_remover_subscriptions = Table(
    "background_remover_subscriptions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="RESTRICT"), nullable=False, unique=True),
    Column("plan", String(16), nullable=False),  # the latest that was asked for
    Column(
        "status", String(16), nullable=False, server_default="pending_payment"
    ),  # when it was last looked at
    Column("period_start", DateTime(timezone=True)),  # of the last month that was paid for
    Column("period_end", DateTime(timezone=True)),
    Column("cancelled_at", DateTime(timezone=True)),
    Column("cancel_reason", String(500), nullable=False, server_default=""),
    Column("anchor_at", DateTime(timezone=True)),  # where the present run of months began
    Column("zone", String(64), nullable=False, server_default="UTC"),  # whose calendar its months follow
    Column("months", Integer, nullable=False, server_default="0"),  # from the anchor to `period_end`
    Column("pending_until", DateTime(timezone=True)),  # the first payment is waited for
    Column("next_plan", String(16)),
    Column("suspended_at", DateTime(timezone=True)),
    Column("suspend_reason", String(500), nullable=False, server_default=""),
    Column("invoiced_until", DateTime(timezone=True)),  # end of the month whose renewal was invoiced
    Column("due_at", DateTime(timezone=True)),  # when the hourly task must look at it
    created_at(),
    updated_at(),
    CheckConstraint("plan <> ''", name="plan"),
    CheckConstraint(
        "status IN ('pending_payment', 'active', 'past_due', 'cancelled', 'expired')", name="status"
    ),
    CheckConstraint("status = 'pending_payment' OR period_end > period_start", name="period"),
    CheckConstraint("months >= 0", name="months"),
    Index("ix_background_remover_subscriptions_status_period_end", "status", "period_end"),
    Index(
        "ix_background_remover_subscriptions_due_at", "due_at", postgresql_where=text("due_at IS NOT NULL")
    ),
    Index(
        "ix_background_remover_subscriptions_suspended_at",
        "suspended_at",
        postgresql_where=text("suspended_at IS NOT NULL"),
    ),
)

background_remover_subscription_periods = Table(
    "background_remover_subscription_periods",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column(
        "subscription_id",
        ForeignKey("background_remover_subscriptions.id", ondelete="RESTRICT"),
        nullable=False,
    ),
    Column("plan", String(16), nullable=False),
    Column("starts_at", DateTime(timezone=True), nullable=False),
    Column("ends_at", DateTime(timezone=True), nullable=False),
    Column("value_idr", BigInteger, nullable=False),  # of a whole month of its plan, when it was bought
    Column("invoice_id", Uuid, unique=True),  # null: an administrator gave it
    Column("upgrades", JSONB, nullable=False, server_default=text("'[]'::jsonb")),
    Column("revoked_at", DateTime(timezone=True)),  # it was refunded, or taken back
    created_at(),
    updated_at(),
    CheckConstraint("plan <> ''", name="plan"),
    CheckConstraint("ends_at > starts_at", name="period"),
    CheckConstraint("value_idr > 0", name="value_idr"),
    Index(
        "ix_background_remover_subscription_periods_starts_at",
        "subscription_id",
        "starts_at",
    ),
    Index("ix_background_remover_subscription_periods_ends_at", "ends_at"),
)

background_remover_subscription_events = Table(
    "background_remover_subscription_events",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column(
        "subscription_id",
        ForeignKey("background_remover_subscriptions.id", ondelete="RESTRICT"),
        nullable=False,
    ),
    Column("event", String(32), nullable=False),
    Column("status_before", String(16), nullable=False),  # none: it began with this
    Column("status_after", String(16), nullable=False),
    Column("plan", String(16), nullable=False),
    Column("done_by", String(16), nullable=False),
    Column("actor_id", ForeignKey("users.id", ondelete="RESTRICT")),  # null: the command line or the server
    Column("invoice_id", Uuid),
    Column("detail", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("happened_at", DateTime(timezone=True), nullable=False),
    created_at(),
    CheckConstraint("done_by IN ('owner', 'operator', 'payment', 'time')", name="done_by"),
    Index("ix_background_remover_subscription_events_subscription_id_id", "subscription_id", "id"),
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
