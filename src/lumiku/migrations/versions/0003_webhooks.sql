-- Webhooks.

CREATE TABLE webhook_endpoints (
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    url VARCHAR(2048) NOT NULL,
    events VARCHAR(32)[] NOT NULL,
    description VARCHAR(200) DEFAULT '' NOT NULL,
    generation SMALLINT DEFAULT '1' NOT NULL,
    rotated_at TIMESTAMP WITH TIME ZONE,
    failing_since TIMESTAMP WITH TIME ZONE,
    disabled_at TIMESTAMP WITH TIME ZONE,
    disabled_reason VARCHAR(16),
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_webhook_endpoints PRIMARY KEY (id),
    CONSTRAINT fk_webhook_endpoints_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT ck_webhook_endpoints_events CHECK (cardinality(events) > 0),
    CONSTRAINT ck_webhook_endpoints_generation CHECK (generation > 0),
    CONSTRAINT ck_webhook_endpoints_disabled_reason CHECK (disabled_reason IN ('owner', 'gone', 'failing')),
    CONSTRAINT ck_webhook_endpoints_disabled CHECK ((disabled_at IS NULL) = (disabled_reason IS NULL))
);
CREATE INDEX ix_webhook_endpoints_user_id ON webhook_endpoints (user_id);
CREATE TRIGGER set_updated_at BEFORE UPDATE ON webhook_endpoints
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

CREATE TABLE webhook_deliveries (
    id UUID NOT NULL,
    endpoint_id UUID NOT NULL,
    event_id UUID NOT NULL,
    event_type VARCHAR(32) NOT NULL,
    payload JSONB NOT NULL,
    status VARCHAR(16) DEFAULT 'pending' NOT NULL,
    attempts SMALLINT DEFAULT '0' NOT NULL,
    next_at TIMESTAMP WITH TIME ZONE,
    sending_until TIMESTAMP WITH TIME ZONE,
    queue_job_id BIGINT,
    last_status SMALLINT,
    last_error VARCHAR(300),
    attempted_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_webhook_deliveries PRIMARY KEY (id),
    CONSTRAINT uq_webhook_deliveries_endpoint_id_event_id UNIQUE (endpoint_id, event_id),
    CONSTRAINT ck_webhook_deliveries_status CHECK (status IN ('pending', 'succeeded', 'failed')),
    CONSTRAINT ck_webhook_deliveries_next_at CHECK ((status = 'pending') = (next_at IS NOT NULL)),
    CONSTRAINT ck_webhook_deliveries_sending_until CHECK (sending_until IS NULL OR status = 'pending'),
    CONSTRAINT ck_webhook_deliveries_attempts CHECK (attempts >= 0),
    CONSTRAINT fk_webhook_deliveries_endpoint_id FOREIGN KEY(endpoint_id) REFERENCES webhook_endpoints (id) ON DELETE CASCADE
);
CREATE INDEX ix_webhook_deliveries_created_at ON webhook_deliveries (created_at);
CREATE INDEX ix_webhook_deliveries_endpoint_id_created_at ON webhook_deliveries (endpoint_id, created_at);
CREATE INDEX ix_webhook_deliveries_next_at ON webhook_deliveries (next_at) WHERE status = 'pending';
CREATE INDEX ix_webhook_deliveries_sending ON webhook_deliveries (endpoint_id, sending_until)
    WHERE sending_until IS NOT NULL;
CREATE TRIGGER set_updated_at BEFORE UPDATE ON webhook_deliveries
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
