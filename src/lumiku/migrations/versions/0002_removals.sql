-- Removals over HTTP.

ALTER TABLE background_removal_batches
    ADD COLUMN cancelled_images INTEGER DEFAULT '0' NOT NULL,
    ADD COLUMN queued_at TIMESTAMP WITH TIME ZONE,
    ADD COLUMN cancelled_at TIMESTAMP WITH TIME ZONE,
    ADD COLUMN deleted_at TIMESTAMP WITH TIME ZONE,
    DROP CONSTRAINT ck_background_removal_batches_progress,
    ADD CONSTRAINT ck_background_removal_batches_progress CHECK (processed_images >= 0 AND failed_images >= 0 AND cancelled_images >= 0 AND processed_images + failed_images + cancelled_images <= total_images);

ALTER TABLE background_removal_jobs
    ADD COLUMN failures SMALLINT DEFAULT '0' NOT NULL,
    ADD COLUMN source_type VARCHAR(16),
    ADD COLUMN source_bytes BIGINT,
    ADD COLUMN width INTEGER,
    ADD COLUMN height INTEGER,
    ADD COLUMN output_type VARCHAR(64),
    ADD COLUMN output_bytes BIGINT,
    ADD COLUMN price INTEGER DEFAULT '0' NOT NULL,
    ADD COLUMN queue_job_id BIGINT,
    ADD COLUMN queued_at TIMESTAMP WITH TIME ZONE,
    ADD COLUMN cancel_requested_at TIMESTAMP WITH TIME ZONE,
    ADD COLUMN deleted_at TIMESTAMP WITH TIME ZONE,
    DROP CONSTRAINT ck_background_removal_jobs_counts,
    ADD CONSTRAINT ck_background_removal_jobs_counts CHECK (credits_used >= 0 AND attempt >= 0 AND failures >= 0 AND price >= 0),
    ADD CONSTRAINT ck_background_removal_jobs_source CHECK (queued_at IS NULL OR source_key IS NOT NULL OR status NOT IN ('pending', 'processing'));
CREATE INDEX ix_background_removal_jobs_outstanding ON background_removal_jobs (user_id)
    WHERE status IN ('pending', 'processing') AND queued_at IS NOT NULL;
CREATE INDEX ix_background_removal_jobs_user_id_status_created_at
    ON background_removal_jobs (user_id, status, created_at);

CREATE TABLE queue_fairness (
    account_id UUID NOT NULL,
    interactive BOOLEAN NOT NULL,
    tag BIGINT NOT NULL,
    CONSTRAINT pk_queue_fairness PRIMARY KEY (account_id, interactive),
    CONSTRAINT ck_queue_fairness_tag CHECK (tag >= 0)
);
