ALTER TABLE background_removal_jobs ADD COLUMN first_matte_key TEXT;
CREATE INDEX ix_background_removal_jobs_first_matte_key ON background_removal_jobs (first_matte_key)
    WHERE first_matte_key IS NOT NULL;
