"""The ledger's tables; only this package touches them.

`credit_accounts` caches the sums that the ledger defines: balance = sum of entries, held = sum of open holds.
"""

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

from lumiku.core.db import created_at, metadata, updated_at

credit_accounts = Table(
    "credit_accounts",
    metadata,
    Column("user_id", ForeignKey("users.id", ondelete="RESTRICT"), primary_key=True),
    Column("balance", BigInteger, nullable=False, server_default="0"),
    Column("held", BigInteger, nullable=False, server_default="0"),
    created_at(),
    updated_at(),
    CheckConstraint("balance >= 0", name="balance"),
    CheckConstraint("held >= 0 AND held <= balance", name="held"),
)

credit_holds = Table(
    "credit_holds",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("user_id", ForeignKey("credit_accounts.user_id", ondelete="RESTRICT"), nullable=False),
    Column("amount", Integer, nullable=False),
    Column(
        "reference", String(200), nullable=False
    ),  # what it pays for, such as job:<id>; one hold a reference
    Column("status", String(16), nullable=False, server_default="open"),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    created_at(),
    updated_at(),
    UniqueConstraint("reference"),
    CheckConstraint("amount > 0", name="amount"),
    CheckConstraint("status IN ('open', 'captured', 'released')", name="status"),
    CheckConstraint("(status = 'open') = (ended_at IS NULL)", name="ended"),
    Index("ix_credit_holds_user_id_created_at", "user_id", "created_at"),
    Index("ix_credit_holds_open_expires_at", "expires_at", postgresql_where=text("status = 'open'")),
)

credit_entries = Table(
    "credit_entries",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("user_id", ForeignKey("credit_accounts.user_id", ondelete="RESTRICT"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("amount", BigInteger, nullable=False),  # signed: what it does to the balance
    Column("balance_after", BigInteger, nullable=False),
    Column("reference", String(200), nullable=False),  # one entry a reference, for ever
    Column("hold_id", ForeignKey("credit_holds.id", ondelete="RESTRICT"), unique=True),
    Column("refunds_entry_id", ForeignKey("credit_entries.id", ondelete="RESTRICT"), index=True),
    Column(
        "actor_id", ForeignKey("users.id", ondelete="RESTRICT")
    ),  # who granted or adjusted; null: the system
    Column("note", String(500), nullable=False, server_default=""),
    created_at(),
    UniqueConstraint("reference"),
    CheckConstraint("kind IN ('bonus', 'grant', 'purchase', 'capture', 'refund', 'adjust')", name="kind"),
    CheckConstraint("amount <> 0", name="amount"),
    CheckConstraint("balance_after >= 0", name="balance_after"),
    CheckConstraint("(kind = 'capture') = (hold_id IS NOT NULL)", name="hold"),
    CheckConstraint("(kind = 'refund') = (refunds_entry_id IS NOT NULL)", name="refund"),
    CheckConstraint("kind = 'adjust' OR (amount < 0) = (kind = 'capture')", name="sign"),
    Index("ix_credit_entries_user_id_id", "user_id", "id"),
    Index("ix_credit_entries_created_at", "created_at", postgresql_using="brin"),  # rows lie in order of time
)
