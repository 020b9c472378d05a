"""Tables of removals: a job is one picture, a batch is many jobs priced together."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from lumiku.core.db import created_at, metadata, updated_at

# Work that waits for a worker or has one; what the cap on an account counts.
OUTSTANDING = "status IN ('pending', 'processing') AND queued_at IS NOT NULL"
# The uploaded background image of a job, which others of its batch share.
BACKGROUND_KEY_SQL = "(options ->> 'background_image_key')"
_TIER = "tier IN ('basic', 'standard', 'professional', 'industry')"

background_removal_batches = Table(
    "background_removal_batches",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="RESTRICT"), nullable=False),
    Column("name", String(200), nullable=False, server_default=""),
    Column("tier", String(16), nullable=False),
    Column("status", String(16), nullable=False, server_default="pending"),
    Column("total_images", Integer, nullable=False),
    Column("processed_images", Integer, nullable=False, server_default="0"),
    Column("failed_images", Integer, nullable=False, server_default="0"),
    Column("cancelled_images", Integer, nullable=False, server_default="0"),
    Column("pricing", JSONB, nullable=False),
    Column("options", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("queued_at", DateTime(timezone=True)),  # null: files are still being put
    Column("started_at", DateTime(timezone=True)),
    Column("completed_at", DateTime(timezone=True)),
    Column("cancelled_at", DateTime(timezone=True)),
    Column("deleted_at", DateTime(timezone=True)),
    created_at(),
    updated_at(),
    CheckConstraint(_TIER, name="tier"),
    CheckConstraint(
        "status IN ('pending', 'processing', 'completed', 'partial', 'failed', 'cancelled', 'expired')",
        name="status",
    ),
    CheckConstraint("total_images BETWEEN 1 AND 500", name="total_images"),
    CheckConstraint(
        "processed_images >= 0 AND failed_images >= 0 AND cancelled_images >= 0"
        " AND processed_images + failed_images + cancelled_images <= total_images",
        name="progress",
    ),
    Index("ix_background_removal_batches_user_id_created_at", "user_id", "created_at"),
    Index("ix_background_removal_batches_user_id_status_created_at", "user_id", "status", "created_at"),
    Index("ix_background_removal_batches_status_completed_at", "status", "completed_at"),
)

background_removal_jobs = Table(
    "background_removal_jobs",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="RESTRICT"), nullable=False),
    Column("batch_id", ForeignKey("background_removal_batches.id", ondelete="RESTRICT")),
    Column("position", Integer),  # place in the batch, from 0
    Column("tier", String(16), nullable=False),
    Column("status", String(16), nullable=False, server_default="pending"),
    Column("attempt", SmallInteger, nullable=False, server_default="0"),  # fences late writers
    Column("failures", SmallInteger, nullable=False, server_default="0"),  # attempts that may be repeated
    Column("original_name", String(255), nullable=False, server_default=""),
    Column("source_key", Text),
    Column("source_type", String(16)),  # jpeg, png, ...
    Column("source_bytes", BigInteger),
    Column("width", Integer),  # of the source, upright, in pixels
    Column("height", Integer),
    Column("result_key", Text),
    Column("output_type", String(64)),  # media type
    Column("output_bytes", BigInteger),
    Column("matte_key", Text),
    Column("first_matte_key", Text),  # the model's own, where somebody has edited the matte since
    Column("thumbnail_key", Text),
    Column("shared_key", Text),  # a composition of it that its owner shows to others
    Column("shared_until", DateTime(timezone=True)),  # when the newest link to that ends
    Column("options", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column(
        "metadata", JSONB, nullable=False, server_default=text("'{}'::jsonb")
    ),  # size, format, pipeline, timings
    Column("pricing_type", String(16), nullable=False, server_default="credits"),
    Column("price", Integer, nullable=False, server_default="0"),  # credits held for it; 0 where a quota pays
    Column("credits_used", Integer, nullable=False, server_default="0"),  # captured
    Column("hold_id", ForeignKey("credit_holds.id", ondelete="RESTRICT"), unique=True),
    Column("payment", String(16), nullable=False, server_default="auto"),  # as it was asked for
    Column(  # the day's quota that pays for it, and gets it back if it does not come out
        "usage_id",
        ForeignKey("background_remover_subscription_usage.id", ondelete="RESTRICT"),
    ),
    Column("error_code", String(64)),
    Column("error_message", String(500)),
    Column("processing_ms", Integer),
    Column("queue_job_id", BigInteger),  # procrastinate_jobs.id of the latest submission
    Column("queued_at", DateTime(timezone=True)),  # null: declared in a batch that has not been started
    Column("started_at", DateTime(timezone=True)),
    Column("completed_at", DateTime(timezone=True)),
    Column("cancel_requested_at", DateTime(timezone=True)),
    Column(
        "source_expired_at", DateTime(timezone=True)
    ),  # its key stays, so that links say what became of it
    Column("deleted_at", DateTime(timezone=True)),
    created_at(),
    updated_at(),
    UniqueConstraint("batch_id", "position"),
    CheckConstraint(_TIER, name="tier"),
    CheckConstraint(
        "status IN ('pending', 'processing', 'completed', 'failed', 'cancelled', 'expired')", name="status"
    ),
    CheckConstraint("pricing_type IN ('credits', 'subscription', 'free')", name="pricing_type"),
    CheckConstraint("payment IN ('auto', 'credits', 'subscription')", name="payment"),
    CheckConstraint("(batch_id IS NULL) = (position IS NULL)", name="position"),
    CheckConstraint("credits_used >= 0 AND attempt >= 0 AND failures >= 0 AND price >= 0", name="counts"),
    CheckConstraint(
        "queued_at IS NULL OR source_key IS NOT NULL OR status NOT IN ('pending', 'processing')",
        name="source",
    ),
    CheckConstraint(  # one that failed and expired still says why
        "CASE status WHEN 'failed' THEN error_code IS NOT NULL"
        " WHEN 'expired' THEN true ELSE error_code IS NULL END",
        name="error",
    ),
    Index("ix_background_removal_jobs_user_id_created_at", "user_id", "created_at"),
    Index("ix_background_removal_jobs_created_at", "created_at", postgresql_using="brin"),  # in order of time
    Index("ix_background_removal_jobs_status_completed_at", "status", "completed_at"),
    Index("ix_background_removal_jobs_user_id_status_created_at", "user_id", "status", "created_at"),
    Index("ix_background_removal_jobs_outstanding", "user_id", postgresql_where=text(OUTSTANDING)),
    # Whose file is this?
    *(
        Index(f"ix_background_removal_jobs_{key}", key, postgresql_where=text(f"{key} IS NOT NULL"))
        for key in ("source_key", "result_key", "matte_key", "first_matte_key", "thumbnail_key", "shared_key")
    ),
    Index(
        "ix_background_removal_jobs_background_image_key",
        text(BACKGROUND_KEY_SQL),
        postgresql_where=text(f"{BACKGROUND_KEY_SQL} IS NOT NULL"),
    ),
)
