-- Subscriptions: plans are data, months are rows.

ALTER TABLE background_remover_subscriptions
    DROP CONSTRAINT ck_background_remover_subscriptions_plan,
    ADD CONSTRAINT ck_background_remover_subscriptions_plan CHECK (plan <> ''),
    ADD COLUMN anchor_at TIMESTAMP WITH TIME ZONE,
    ADD COLUMN zone VARCHAR(64) DEFAULT 'UTC' NOT NULL,
    ADD COLUMN months INTEGER DEFAULT 0 NOT NULL,
    ADD COLUMN pending_until TIMESTAMP WITH TIME ZONE,
    ADD COLUMN next_plan VARCHAR(16),
    ADD COLUMN suspended_at TIMESTAMP WITH TIME ZONE,
    ADD COLUMN suspend_reason VARCHAR(500) DEFAULT '' NOT NULL,
    ADD COLUMN invoiced_until TIMESTAMP WITH TIME ZONE,
    ADD COLUMN due_at TIMESTAMP WITH TIME ZONE,
    ADD CONSTRAINT ck_background_remover_subscriptions_months CHECK (months >= 0);
CREATE INDEX ix_background_remover_subscriptions_due_at ON background_remover_subscriptions (due_at)
    WHERE due_at IS NOT NULL;

CREATE TABLE background_remover_subscription_periods (
    id UUID NOT NULL,
    subscription_id UUID NOT NULL,
    plan VARCHAR(16) NOT NULL,
    starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    value_idr BIGINT NOT NULL,
    invoice_id UUID,
    upgrades JSONB DEFAULT '[]'::jsonb NOT NULL,
    revoked_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_background_remover_subscription_periods PRIMARY KEY (id),
    CONSTRAINT ck_background_remover_subscription_periods_plan CHECK (plan <> ''),
    CONSTRAINT ck_background_remover_subscription_periods_period CHECK (ends_at > starts_at),
    CONSTRAINT ck_background_remover_subscription_periods_value_idr CHECK (value_idr > 0),
    CONSTRAINT uq_background_remover_subscription_periods_invoice_id UNIQUE (invoice_id),
    CONSTRAINT fk_background_remover_subscription_periods_subscription_id FOREIGN KEY(subscription_id) REFERENCES background_remover_subscriptions (id) ON DELETE RESTRICT
);
CREATE INDEX ix_background_remover_subscription_periods_starts_at
    ON background_remover_subscription_periods (subscription_id, starts_at);
CREATE INDEX ix_background_remover_subscription_periods_ends_at ON background_remover_subscription_periods (ends_at);
CREATE TRIGGER set_updated_at BEFORE UPDATE ON background_remover_subscription_periods
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

CREATE TABLE background_remover_subscription_events (
    id UUID NOT NULL,
    subscription_id UUID NOT NULL,
    event VARCHAR(32) NOT NULL,
    status_before VARCHAR(16) NOT NULL,
    status_after VARCHAR(16) NOT NULL,
    plan VARCHAR(16) NOT NULL,
    done_by VARCHAR(16) NOT NULL,
    actor_id UUID,
    invoice_id UUID,
    detail JSONB DEFAULT '{}'::jsonb NOT NULL,
    happened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_background_remover_subscription_events PRIMARY KEY (id),
    CONSTRAINT ck_background_remover_subscription_events_done_by CHECK (done_by IN ('owner', 'operator', 'payment', 'time')),
    CONSTRAINT fk_background_remover_subscription_events_subscription_id FOREIGN KEY(subscription_id) REFERENCES background_remover_subscriptions (id) ON DELETE RESTRICT,
    CONSTRAINT fk_background_remover_subscription_events_actor_id FOREIGN KEY(actor_id) REFERENCES users (id) ON DELETE RESTRICT
);
CREATE INDEX ix_background_remover_subscription_events_subscription_id_id
    ON background_remover_subscription_events (subscription_id, id);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON background_remover_subscription_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE background_remover_subscription_events ENABLE ALWAYS TRIGGER append_only;

ALTER TABLE background_removal_jobs
    ADD COLUMN payment VARCHAR(16) DEFAULT 'auto' NOT NULL,
    ADD COLUMN usage_id UUID,
    ADD CONSTRAINT ck_background_removal_jobs_payment CHECK (payment IN ('auto', 'credits', 'subscription')),
    ADD CONSTRAINT fk_background_removal_jobs_usage_id FOREIGN KEY(usage_id) REFERENCES background_remover_subscription_usage (id) ON DELETE RESTRICT;
