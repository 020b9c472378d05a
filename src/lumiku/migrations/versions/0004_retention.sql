-- Retention.

ALTER TABLE background_removal_jobs
    ADD COLUMN source_expired_at TIMESTAMP WITH TIME ZONE,
    DROP CONSTRAINT ck_background_removal_jobs_error,
    ADD CONSTRAINT ck_background_removal_jobs_error CHECK (CASE status WHEN 'failed' THEN error_code IS NOT NULL WHEN 'expired' THEN true ELSE error_code IS NULL END);
CREATE INDEX ix_background_removal_jobs_source_key ON background_removal_jobs (source_key)
    WHERE source_key IS NOT NULL;
CREATE INDEX ix_background_removal_jobs_result_key ON background_removal_jobs (result_key)
    WHERE result_key IS NOT NULL;
CREATE INDEX ix_background_removal_jobs_matte_key ON background_removal_jobs (matte_key)
    WHERE matte_key IS NOT NULL;
CREATE INDEX ix_background_removal_jobs_thumbnail_key ON background_removal_jobs (thumbnail_key)
    WHERE thumbnail_key IS NOT NULL;
CREATE INDEX ix_background_removal_jobs_background_image_key
    ON background_removal_jobs ((options ->> 'background_image_key'))
    WHERE (options ->> 'background_image_key') IS NOT NULL;
