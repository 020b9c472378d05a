ALTER TABLE background_removal_jobs ADD COLUMN shared_key TEXT;
CREATE INDEX ix_background_removal_jobs_shared_key ON background_removal_jobs (shared_key)
    WHERE shared_key IS NOT NULL;
