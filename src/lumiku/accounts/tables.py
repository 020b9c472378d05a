"""Tables of people and how they prove who they are."""

from sqlalchemy import (
    ARRAY,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import INET, JSONB

from lumiku.core.db import created_at, metadata, updated_at

users = Table(
    "users",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("email", String(254), nullable=False),  # as typed; unique without regard to case
    Column("name", String(120), nullable=False, server_default=""),
    Column("password_hash", Text),  # argon2id; null: cannot log in by password
    Column("role", String(16), nullable=False, server_default="user"),
    Column("status", String(16), nullable=False, server_default="active"),
    Column("language", String(8), nullable=False, server_default="en"),  # of mails
    Column("mail_opt_out", Boolean, nullable=False, server_default=text("false")),
    Column("deleted_at", DateTime(timezone=True)),
    created_at(),
    updated_at(),
    CheckConstraint("role IN ('user', 'admin')", name="role"),
    CheckConstraint("status IN ('active', 'suspended', 'deleted')", name="status"),
    CheckConstraint("language IN ('en', 'id')", name="language"),
    CheckConstraint("(status = 'deleted') = (deleted_at IS NOT NULL)", name="deleted"),
)
Index("uq_users_email_lower", func.lower(users.c.email), unique=True)
Index("ix_users_created_at", users.c.created_at)
Index("ix_users_admins", users.c.id, postgresql_where=text("role = 'admin'"))

sessions = Table(
    "sessions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),  # cookie (browser) or bearer (program)
    Column("csrf_hash", LargeBinary),  # cookie sessions only
    Column("user_agent", String(300), nullable=False, server_default=""),
    Column("address", INET),
    Column("last_used_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("expires_at", DateTime(timezone=True), nullable=False, index=True),
    Column("revoked_at", DateTime(timezone=True)),
    created_at(),
    updated_at(),
    Index("ix_sessions_revoked_at", "revoked_at", postgresql_where=text("revoked_at IS NOT NULL")),
    CheckConstraint("kind IN ('cookie', 'bearer')", name="kind"),
    CheckConstraint("(kind = 'cookie') = (csrf_hash IS NOT NULL)", name="csrf"),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("name", String(120), nullable=False),
    Column("prefix", String(16), nullable=False),  # shown in lists, so that people know which key it is
    Column("key_hash", LargeBinary, nullable=False, unique=True),  # SHA-256 of a 256-bit random key
    Column("scopes", ARRAY(String(32)), nullable=False),
    Column("last_used_at", DateTime(timezone=True)),
    Column("revoked_at", DateTime(timezone=True)),
    created_at(),
    updated_at(),
    CheckConstraint("octet_length(key_hash) = 32", name="key_hash"),
    CheckConstraint("cardinality(scopes) > 0", name="scopes"),
)

one_time_links = Table(
    "one_time_links",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),  # SHA-256 of a 256-bit random token
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("purpose", String(16), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False, index=True),
    Column("used_at", DateTime(timezone=True)),
    created_at(),
    CheckConstraint("purpose IN ('password_reset', 'admin_setup')", name="purpose"),
)

# Addresses that somebody says are theirs, until a link that was mailed there proves it.
address_claims = Table(
    "address_claims",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column(
        "user_id", ForeignKey("users.id", ondelete="CASCADE"), index=True
    ),  # whose account is to have it; null: a new account, which the other columns describe
    Column("email", String(254), nullable=False),
    Column("name", String(120), nullable=False, server_default=""),
    Column("language", String(8), nullable=False, server_default="en"),
    Column("password_hash", Text),  # argon2id, of a new account
    Column("token_hash", LargeBinary, unique=True),  # SHA-256 of a 256-bit random token; null: none mailed
    Column("mailed_at", DateTime(timezone=True)),
    Column("expires_at", DateTime(timezone=True), nullable=False, index=True),
    created_at(),
    updated_at(),
    CheckConstraint("language IN ('en', 'id')", name="language"),
    CheckConstraint("(user_id IS NULL) = (password_hash IS NOT NULL)", name="password_hash"),
    CheckConstraint("octet_length(token_hash) = 32", name="token_hash"),
)
Index("ix_address_claims_email_lower", func.lower(address_claims.c.email))

login_failures = Table(
    "login_failures",
    metadata,
    Column(
        "email_hash", LargeBinary, nullable=False
    ),  # SHA-256 of the lower-case address: also for unknown ones
    Column("failed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("id", Uuid, primary_key=True),
    Index("ix_login_failures_email_hash_failed_at", "email_hash", "failed_at"),
)

audit_log = Table(
    "audit_log",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column(
        "actor_id", ForeignKey("users.id", ondelete="RESTRICT"), index=True
    ),  # null: the command line or a schedule
    Column("action", String(64), nullable=False),
    Column("subject_id", Uuid, index=True),
    Column("details", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    created_at(),
)
