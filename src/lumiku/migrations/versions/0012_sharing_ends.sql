ALTER TABLE background_removal_jobs ADD COLUMN shared_until TIMESTAMP WITH TIME ZONE;
CREATE INDEX ix_background_removal_batches_user_id_status_created_at
    ON background_removal_batches (user_id, status, created_at);
