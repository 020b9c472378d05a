"""Tables that belong to no feature: stored answers of money requests, and rate limits."""

from sqlalchemy import Boolean, Column, DateTime, Integer, LargeBinary, String, Table
from sqlalchemy.dialects.postgresql import JSONB

from lumiku.core.db import created_at, metadata

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("account", String(64), primary_key=True),  # user id
    Column("route", String(120), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("request_hash", LargeBinary, nullable=False),
    Column("status", Integer, nullable=False),
    Column("headers", JSONB, nullable=False),
    Column("body", JSONB, nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False, index=True),
    created_at(),
)

rate_limits = Table(
    "rate_limits",
    metadata,
    Column("key", String(200), primary_key=True),  # rule and account or address
    Column("theoretical_arrival_at", DateTime(timezone=True), nullable=False, index=True),
    Column("allowed", Boolean, nullable=False),  # whether the latest request was let through
    prefixes=["UNLOGGED"],  # worth nothing after a crash, so not worth a log write
)
