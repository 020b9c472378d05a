"""Tables beside Procrastinate's own: who works, and how often a job lost its worker."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Integer,
    String,
    Table,
    Uuid,
    func,
)

from lumiku.core.db import created_at, metadata

# No foreign key: the queue's rows belong to Procrastinate, which deletes them without asking us.
queue_rescues = Table(
    "queue_rescues",
    metadata,
    Column("job_id", BigInteger, primary_key=True, autoincrement=False),  # procrastinate_jobs.id
    Column("rescues", Integer, nullable=False),
    Column("rescued_at", DateTime(timezone=True), nullable=False, server_default=func.now(), index=True),
    created_at(),
    CheckConstraint("rescues > 0", name="rescues"),
)

worker_heartbeats = Table(
    "worker_heartbeats",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("host", String(255), nullable=False),
    Column("pid", Integer, nullable=False),
    Column("version", String(64), nullable=False),
    Column("queues", ARRAY(String(64)), nullable=False),
    Column("seen_at", DateTime(timezone=True), nullable=False, server_default=func.now(), index=True),
    created_at(),
)

# Where each account's queued work ends in virtual time, for work that somebody waits for and for the rest.
queue_fairness = Table(
    "queue_fairness",
    metadata,
    Column("account_id", Uuid, primary_key=True),
    Column("interactive", Boolean, primary_key=True),
    Column("tag", BigInteger, nullable=False),
    CheckConstraint("tag >= 0", name="tag"),
)
