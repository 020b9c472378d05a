-- The platform's tables and the four feature tables.

CREATE FUNCTION set_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END
$$;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END
$$;

CREATE TABLE idempotency_keys (
    account VARCHAR(64) NOT NULL,
    route VARCHAR(120) NOT NULL,
    key VARCHAR(255) NOT NULL,
    request_hash BYTEA NOT NULL,
    status INTEGER NOT NULL,
    headers JSONB NOT NULL,
    body JSONB NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_idempotency_keys PRIMARY KEY (account, route, key)
);
CREATE INDEX ix_idempotency_keys_expires_at ON idempotency_keys (expires_at);

CREATE TABLE login_failures (
    email_hash BYTEA NOT NULL,
    failed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT pk_login_failures PRIMARY KEY (id)
);
CREATE INDEX ix_login_failures_email_hash_failed_at ON login_failures (email_hash, failed_at);

CREATE TABLE queue_rescues (
    job_id BIGINT NOT NULL,
    rescues INTEGER NOT NULL,
    rescued_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_queue_rescues PRIMARY KEY (job_id),
    CONSTRAINT ck_queue_rescues_rescues CHECK (rescues > 0)
);
CREATE INDEX ix_queue_rescues_rescued_at ON queue_rescues (rescued_at);

CREATE UNLOGGED TABLE rate_limits (
    key VARCHAR(200) NOT NULL,
    theoretical_arrival_at TIMESTAMP WITH TIME ZONE NOT NULL,
    allowed BOOLEAN NOT NULL,
    CONSTRAINT pk_rate_limits PRIMARY KEY (key)
);
CREATE INDEX ix_rate_limits_theoretical_arrival_at ON rate_limits (theoretical_arrival_at);

CREATE TABLE users (
    id UUID NOT NULL,
    email VARCHAR(254) NOT NULL,
    name VARCHAR(120) DEFAULT '' NOT NULL,
    password_hash TEXT,
    role VARCHAR(16) DEFAULT 'user' NOT NULL,
    status VARCHAR(16) DEFAULT 'active' NOT NULL,
    language VARCHAR(8) DEFAULT 'en' NOT NULL,
    mail_opt_out BOOLEAN DEFAULT false NOT NULL,
    deleted_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_users PRIMARY KEY (id),
    CONSTRAINT ck_users_role CHECK (role IN ('user', 'admin')),
    CONSTRAINT ck_users_status CHECK (status IN ('active', 'suspended', 'deleted')),
    CONSTRAINT ck_users_language CHECK (language IN ('en', 'id')),
    CONSTRAINT ck_users_deleted CHECK ((status = 'deleted') = (deleted_at IS NOT NULL))
);
CREATE INDEX ix_users_admins ON users (id) WHERE role = 'admin';
CREATE INDEX ix_users_created_at ON users (created_at);
CREATE UNIQUE INDEX uq_users_email_lower ON users (lower(email));
CREATE TRIGGER set_updated_at BEFORE UPDATE ON users
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

CREATE TABLE worker_heartbeats (
    id UUID NOT NULL,
    host VARCHAR(255) NOT NULL,
    pid INTEGER NOT NULL,
    version VARCHAR(64) NOT NULL,
    queues VARCHAR(64)[] NOT NULL,
    seen_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_worker_heartbeats PRIMARY KEY (id)
);
CREATE INDEX ix_worker_heartbeats_seen_at ON worker_heartbeats (seen_at);

CREATE TABLE api_keys (
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    name VARCHAR(120) NOT NULL,
    prefix VARCHAR(16) NOT NULL,
    key_hash BYTEA NOT NULL,
    scopes VARCHAR(32)[] NOT NULL,
    last_used_at TIMESTAMP WITH TIME ZONE,
    revoked_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_api_keys PRIMARY KEY (id),
    CONSTRAINT ck_api_keys_key_hash CHECK (octet_length(key_hash) = 32),
    CONSTRAINT ck_api_keys_scopes CHECK (cardinality(scopes) > 0),
    CONSTRAINT fk_api_keys_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT uq_api_keys_key_hash UNIQUE (key_hash)
);
CREATE INDEX ix_api_keys_user_id ON api_keys (user_id);
CREATE TRIGGER set_updated_at BEFORE UPDATE ON api_keys
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

CREATE TABLE audit_log (
    id UUID NOT NULL,
    actor_id UUID,
    action VARCHAR(64) NOT NULL,
    subject_id UUID,
    details JSONB DEFAULT '{}'::jsonb NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_audit_log PRIMARY KEY (id),
    CONSTRAINT fk_audit_log_actor_id FOREIGN KEY(actor_id) REFERENCES users (id) ON DELETE RESTRICT
);
CREATE INDEX ix_audit_log_actor_id ON audit_log (actor_id);
CREATE INDEX ix_audit_log_subject_id ON audit_log (subject_id);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE audit_log ENABLE ALWAYS TRIGGER append_only;

CREATE TABLE background_removal_batches (
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    name VARCHAR(200) DEFAULT '' NOT NULL,
    tier VARCHAR(16) NOT NULL,
    status VARCHAR(16) DEFAULT 'pending' NOT NULL,
    total_images INTEGER NOT NULL,
    processed_images INTEGER DEFAULT '0' NOT NULL,
    failed_images INTEGER DEFAULT '0' NOT NULL,
    pricing JSONB NOT NULL,
    options JSONB DEFAULT '{}'::jsonb NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE,
    completed_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_background_removal_batches PRIMARY KEY (id),
    CONSTRAINT ck_background_removal_batches_tier CHECK (tier IN ('basic', 'standard', 'professional', 'industry')),
    CONSTRAINT ck_background_removal_batches_status CHECK (status IN ('pending', 'processing', 'completed', 'partial', 'failed', 'cancelled', 'expired')),
    CONSTRAINT ck_background_removal_batches_total_images CHECK (total_images BETWEEN 1 AND 500),
    CONSTRAINT ck_background_removal_batches_progress CHECK (processed_images >= 0 AND failed_images >= 0 AND processed_images + failed_images <= total_images),
    CONSTRAINT fk_background_removal_batches_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE RESTRICT
);
CREATE INDEX ix_background_removal_batches_status_completed_at ON background_removal_batches (status, completed_at);
CREATE INDEX ix_background_removal_batches_user_id_created_at ON background_removal_batches (user_id, created_at);
CREATE TRIGGER set_updated_at BEFORE UPDATE ON background_removal_batches
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

CREATE TABLE background_remover_subscriptions (
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    plan VARCHAR(16) NOT NULL,
    status VARCHAR(16) DEFAULT 'pending_payment' NOT NULL,
    period_start TIMESTAMP WITH TIME ZONE,
    period_end TIMESTAMP WITH TIME ZONE,
    cancelled_at TIMESTAMP WITH TIME ZONE,
    cancel_reason VARCHAR(500) DEFAULT '' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_background_remover_subscriptions PRIMARY KEY (id),
    CONSTRAINT ck_background_remover_subscriptions_plan CHECK (plan IN ('starter', 'pro')),
    CONSTRAINT ck_background_remover_subscriptions_status CHECK (status IN ('pending_payment', 'active', 'past_due', 'cancelled', 'expired')),
    CONSTRAINT ck_background_remover_subscriptions_period CHECK (status = 'pending_payment' OR period_end > period_start),
    CONSTRAINT uq_background_remover_subscriptions_user_id UNIQUE (user_id),
    CONSTRAINT fk_background_remover_subscriptions_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE RESTRICT
);
CREATE INDEX ix_background_remover_subscriptions_status_period_end ON background_remover_subscriptions (status, period_end);
CREATE TRIGGER set_updated_at BEFORE UPDATE ON background_remover_subscriptions
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

CREATE TABLE credit_accounts (
    user_id UUID NOT NULL,
    balance BIGINT DEFAULT '0' NOT NULL,
    held BIGINT DEFAULT '0' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_credit_accounts PRIMARY KEY (user_id),
    CONSTRAINT ck_credit_accounts_balance CHECK (balance >= 0),
    CONSTRAINT ck_credit_accounts_held CHECK (held >= 0 AND held <= balance),
    CONSTRAINT fk_credit_accounts_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE RESTRICT
);
CREATE TRIGGER set_updated_at BEFORE UPDATE ON credit_accounts
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

CREATE TABLE mail_deliveries (
    key VARCHAR(120) NOT NULL,
    user_id UUID NOT NULL,
    kind VARCHAR(32) NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_mail_deliveries PRIMARY KEY (key),
    CONSTRAINT fk_mail_deliveries_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX ix_mail_deliveries_expires_at ON mail_deliveries (expires_at);
CREATE INDEX ix_mail_deliveries_user_id ON mail_deliveries (user_id);

CREATE TABLE one_time_links (
    token_hash BYTEA NOT NULL,
    user_id UUID NOT NULL,
    purpose VARCHAR(16) NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_one_time_links PRIMARY KEY (token_hash),
    CONSTRAINT ck_one_time_links_purpose CHECK (purpose IN ('password_reset', 'admin_setup')),
    CONSTRAINT fk_one_time_links_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX ix_one_time_links_expires_at ON one_time_links (expires_at);
CREATE INDEX ix_one_time_links_user_id ON one_time_links (user_id);

CREATE TABLE sessions (
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    kind VARCHAR(16) NOT NULL,
    csrf_hash BYTEA,
    user_agent VARCHAR(300) DEFAULT '' NOT NULL,
    address INET,
    last_used_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    revoked_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_sessions PRIMARY KEY (id),
    CONSTRAINT ck_sessions_kind CHECK (kind IN ('cookie', 'bearer')),
    CONSTRAINT ck_sessions_csrf CHECK ((kind = 'cookie') = (csrf_hash IS NOT NULL)),
    CONSTRAINT fk_sessions_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX ix_sessions_expires_at ON sessions (expires_at);
CREATE INDEX ix_sessions_revoked_at ON sessions (revoked_at) WHERE revoked_at IS NOT NULL;
CREATE INDEX ix_sessions_user_id ON sessions (user_id);
CREATE TRIGGER set_updated_at BEFORE UPDATE ON sessions
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

CREATE TABLE background_remover_subscription_usage (
    id UUID NOT NULL,
    subscription_id UUID NOT NULL,
    day DATE NOT NULL,
    used INTEGER DEFAULT '0' NOT NULL,
    premium_used INTEGER DEFAULT '0' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_background_remover_subscription_usage PRIMARY KEY (id),
    CONSTRAINT uq_background_remover_subscription_usage_subscription_id_day UNIQUE (subscription_id, day),
    CONSTRAINT ck_background_remover_subscription_usage_used CHECK (used >= 0 AND premium_used >= 0 AND premium_used <= used),
    CONSTRAINT fk_background_remover_subscription_usage_subscription_id FOREIGN KEY(subscription_id) REFERENCES background_remover_subscriptions (id) ON DELETE RESTRICT
);
CREATE TRIGGER set_updated_at BEFORE UPDATE ON background_remover_subscription_usage
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

CREATE TABLE credit_holds (
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    amount INTEGER NOT NULL,
    reference VARCHAR(200) NOT NULL,
    status VARCHAR(16) DEFAULT 'open' NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_credit_holds PRIMARY KEY (id),
    CONSTRAINT uq_credit_holds_reference UNIQUE (reference),
    CONSTRAINT ck_credit_holds_amount CHECK (amount > 0),
    CONSTRAINT ck_credit_holds_status CHECK (status IN ('open', 'captured', 'released')),
    CONSTRAINT ck_credit_holds_ended CHECK ((status = 'open') = (ended_at IS NULL)),
    CONSTRAINT fk_credit_holds_user_id FOREIGN KEY(user_id) REFERENCES credit_accounts (user_id) ON DELETE RESTRICT
);
CREATE INDEX ix_credit_holds_open_expires_at ON credit_holds (expires_at) WHERE status = 'open';
CREATE INDEX ix_credit_holds_user_id_created_at ON credit_holds (user_id, created_at);
CREATE TRIGGER set_updated_at BEFORE UPDATE ON credit_holds
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

CREATE TABLE background_removal_jobs (
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    batch_id UUID,
    position INTEGER,
    tier VARCHAR(16) NOT NULL,
    status VARCHAR(16) DEFAULT 'pending' NOT NULL,
    attempt SMALLINT DEFAULT '0' NOT NULL,
    original_name VARCHAR(255) DEFAULT '' NOT NULL,
    source_key TEXT,
    result_key TEXT,
    matte_key TEXT,
    thumbnail_key TEXT,
    options JSONB DEFAULT '{}'::jsonb NOT NULL,
    metadata JSONB DEFAULT '{}'::jsonb NOT NULL,
    pricing_type VARCHAR(16) DEFAULT 'credits' NOT NULL,
    credits_used INTEGER DEFAULT '0' NOT NULL,
    hold_id UUID,
    error_code VARCHAR(64),
    error_message VARCHAR(500),
    processing_ms INTEGER,
    started_at TIMESTAMP WITH TIME ZONE,
    completed_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_background_removal_jobs PRIMARY KEY (id),
    CONSTRAINT uq_background_removal_jobs_batch_id_position UNIQUE (batch_id, position),
    CONSTRAINT ck_background_removal_jobs_tier CHECK (tier IN ('basic', 'standard', 'professional', 'industry')),
    CONSTRAINT ck_background_removal_jobs_status CHECK (status IN ('pending', 'processing', 'completed', 'failed', 'cancelled', 'expired')),
    CONSTRAINT ck_background_removal_jobs_pricing_type CHECK (pricing_type IN ('credits', 'subscription', 'free')),
    CONSTRAINT ck_background_removal_jobs_position CHECK ((batch_id IS NULL) = (position IS NULL)),
    CONSTRAINT ck_background_removal_jobs_counts CHECK (credits_used >= 0 AND attempt >= 0),
    CONSTRAINT ck_background_removal_jobs_error CHECK ((status = 'failed') = (error_code IS NOT NULL)),
    CONSTRAINT fk_background_removal_jobs_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE RESTRICT,
    CONSTRAINT fk_background_removal_jobs_batch_id FOREIGN KEY(batch_id) REFERENCES background_removal_batches (id) ON DELETE RESTRICT,
    CONSTRAINT uq_background_removal_jobs_hold_id UNIQUE (hold_id),
    CONSTRAINT fk_background_removal_jobs_hold_id FOREIGN KEY(hold_id) REFERENCES credit_holds (id) ON DELETE RESTRICT
);
CREATE INDEX ix_background_removal_jobs_created_at ON background_removal_jobs USING brin (created_at);
CREATE INDEX ix_background_removal_jobs_status_completed_at ON background_removal_jobs (status, completed_at);
CREATE INDEX ix_background_removal_jobs_user_id_created_at ON background_removal_jobs (user_id, created_at);
CREATE TRIGGER set_updated_at BEFORE UPDATE ON background_removal_jobs
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

CREATE TABLE credit_entries (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    user_id UUID NOT NULL,
    kind VARCHAR(16) NOT NULL,
    amount BIGINT NOT NULL,
    balance_after BIGINT NOT NULL,
    reference VARCHAR(200) NOT NULL,
    hold_id UUID,
    refunds_entry_id BIGINT,
    actor_id UUID,
    note VARCHAR(500) DEFAULT '' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_credit_entries PRIMARY KEY (id),
    CONSTRAINT uq_credit_entries_reference UNIQUE (reference),
    CONSTRAINT ck_credit_entries_kind CHECK (kind IN ('bonus', 'grant', 'purchase', 'capture', 'refund', 'adjust')),
    CONSTRAINT ck_credit_entries_amount CHECK (amount <> 0),
    CONSTRAINT ck_credit_entries_balance_after CHECK (balance_after >= 0),
    CONSTRAINT ck_credit_entries_hold CHECK ((kind = 'capture') = (hold_id IS NOT NULL)),
    CONSTRAINT ck_credit_entries_refund CHECK ((kind = 'refund') = (refunds_entry_id IS NOT NULL)),
    CONSTRAINT ck_credit_entries_sign CHECK (kind = 'adjust' OR (amount < 0) = (kind = 'capture')),
    CONSTRAINT fk_credit_entries_user_id FOREIGN KEY(user_id) REFERENCES credit_accounts (user_id) ON DELETE RESTRICT,
    CONSTRAINT uq_credit_entries_hold_id UNIQUE (hold_id),
    CONSTRAINT fk_credit_entries_hold_id FOREIGN KEY(hold_id) REFERENCES credit_holds (id) ON DELETE RESTRICT,
    CONSTRAINT fk_credit_entries_refunds_entry_id FOREIGN KEY(refunds_entry_id) REFERENCES credit_entries (id) ON DELETE RESTRICT,
    CONSTRAINT fk_credit_entries_actor_id FOREIGN KEY(actor_id) REFERENCES users (id) ON DELETE RESTRICT
);
CREATE INDEX ix_credit_entries_created_at ON credit_entries USING brin (created_at);
CREATE INDEX ix_credit_entries_refunds_entry_id ON credit_entries (refunds_entry_id);
CREATE INDEX ix_credit_entries_user_id_id ON credit_entries (user_id, id);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON credit_entries
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE credit_entries ENABLE ALWAYS TRIGGER append_only;

