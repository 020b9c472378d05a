"""Tables of payments: invoices, and everything that was ever said about one."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
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

payment_invoices = Table(
    "payment_invoices",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("serial", BigInteger, Identity(always=True), nullable=False, unique=True),  # part of its number
    Column("user_id", ForeignKey("users.id", ondelete="RESTRICT"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("item", String(64), nullable=False),  # the package's id or the plan's name
    Column("description", String(200), nullable=False),
    Column("amount", BigInteger, nullable=False),  # of whole currency units
    Column("currency", String(3), nullable=False, server_default="IDR"),
    Column("credits", Integer, nullable=False, server_default="0"),
    Column("status", String(16), nullable=False, server_default="pending"),
    Column("gateway", String(32), nullable=False),
    Column("gateway_reference", String(200)),
    Column("payment_url", String(2048)),
    Column("detail", JSONB, nullable=False, server_default="{}"),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("watched_at", DateTime(timezone=True)),  # money may be on its way since: a page, or a callback
    Column("asked_at", DateTime(timezone=True)),  # when the gateway was last asked how it stands
    Column("paid_at", DateTime(timezone=True)),
    Column("paid_by", String(32)),  # the gateway that the money came through
    Column("paid_reference", String(200)),  # what that gateway calls the payment
    Column("refunded_at", DateTime(timezone=True)),
    Column("refunded_amount", BigInteger),
    Column("refunded_credits", Integer),
    created_at(),
    updated_at(),
    UniqueConstraint("paid_by", "paid_reference"),  # one payment pays one invoice
    CheckConstraint("kind IN ('package', 'plan', 'upgrade')", name="kind"),
    CheckConstraint("amount > 0", name="amount"),
    CheckConstraint("credits >= 0 AND (kind = 'package') = (credits > 0)", name="credits"),
    CheckConstraint("status IN ('pending', 'paid', 'expired', 'cancelled', 'refunded')", name="status"),
    CheckConstraint(
        "CASE WHEN status IN ('paid', 'refunded')"
        " THEN paid_at IS NOT NULL AND paid_by IS NOT NULL AND paid_reference IS NOT NULL"
        " ELSE paid_at IS NULL AND paid_by IS NULL AND paid_reference IS NULL END",
        name="paid",
    ),
    CheckConstraint(
        "CASE WHEN status = 'refunded'"
        " THEN refunded_at IS NOT NULL AND refunded_amount BETWEEN 1 AND amount"
        " AND refunded_credits BETWEEN 0 AND credits"
        " ELSE refunded_at IS NULL AND refunded_amount IS NULL AND refunded_credits IS NULL END",
        name="refunded",
    ),
    Index("ix_payment_invoices_user_id_serial", "user_id", "serial"),
    Index("ix_payment_invoices_status_serial", "status", "serial"),
    Index(
        "ix_payment_invoices_pending_expires_at", "expires_at", postgresql_where=text("status = 'pending'")
    ),
    Index(
        "ix_payment_invoices_watched",
        "expires_at",
        postgresql_where=text(
            "status IN ('pending', 'expired', 'cancelled')"
            " AND (gateway_reference IS NOT NULL OR watched_at IS NOT NULL)"
        ),
    ),
    Index("ix_payment_invoices_paid_at", "paid_at", postgresql_where=text("paid_at IS NOT NULL")),
    Index("ix_payment_invoices_refunded_at", "refunded_at", postgresql_where=text("refunded_at IS NOT NULL")),
)

# Of a payment it holds the gateway's reference and the amount, and nothing about who paid or how.
payment_events = Table(
    "payment_events",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("invoice_id", ForeignKey("payment_invoices.id", ondelete="RESTRICT"), nullable=False),
    Column("source", String(16), nullable=False),  # who said it
    Column("verdict", String(24), nullable=False),  # what became of it
    Column("gateway", String(32), nullable=False),
    Column("reference", String(200)),
    Column("amount", BigInteger),
    Column(
        "actor_id", ForeignKey("users.id", ondelete="RESTRICT"), index=True
    ),  # null: the system, command line, gateway
    Column("note", String(500), nullable=False, server_default=""),
    created_at(),
    CheckConstraint("source IN ('owner', 'admin', 'callback', 'status', 'schedule', 'plans')", name="source"),
    CheckConstraint(
        "verdict IN ('created', 'opened', 'claimed', 'paid', 'duplicate', 'surplus', 'other_amount',"
        " 'failed', 'expired', 'cancelled', 'refunded', 'handled')",
        name="verdict",
    ),
    Index("ix_payment_events_invoice_id_id", "invoice_id", "id"),
    Index(
        "ix_payment_events_attention",
        "created_at",
        postgresql_where=text("verdict IN ('surplus', 'other_amount')"),
    ),
)
