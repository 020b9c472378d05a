-- Payments: invoices, and everything that was ever said about one.

CREATE TABLE payment_invoices (
    id UUID NOT NULL,
    serial BIGINT GENERATED ALWAYS AS IDENTITY,
    user_id UUID NOT NULL,
    kind VARCHAR(16) NOT NULL,
    item VARCHAR(64) NOT NULL,
    description VARCHAR(200) NOT NULL,
    amount BIGINT NOT NULL,
    currency VARCHAR(3) DEFAULT 'IDR' NOT NULL,
    credits INTEGER DEFAULT '0' NOT NULL,
    status VARCHAR(16) DEFAULT 'pending' NOT NULL,
    gateway VARCHAR(32) NOT NULL,
    gateway_reference VARCHAR(200),
    payment_url VARCHAR(2048),
    detail JSONB DEFAULT '{}' NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE,
    paid_at TIMESTAMP WITH TIME ZONE,
    paid_by VARCHAR(32),
    paid_reference VARCHAR(200),
    refunded_at TIMESTAMP WITH TIME ZONE,
    refunded_amount BIGINT,
    refunded_credits INTEGER,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_payment_invoices PRIMARY KEY (id),
    CONSTRAINT uq_payment_invoices_paid_by_paid_reference UNIQUE (paid_by, paid_reference),
    CONSTRAINT ck_payment_invoices_kind CHECK (kind IN ('package', 'plan', 'upgrade')),
    CONSTRAINT ck_payment_invoices_amount CHECK (amount > 0),
    CONSTRAINT ck_payment_invoices_credits CHECK (credits >= 0 AND (kind = 'package') = (credits > 0)),
    CONSTRAINT ck_payment_invoices_status CHECK (status IN ('pending', 'paid', 'expired', 'cancelled', 'refunded')),
    CONSTRAINT ck_payment_invoices_paid CHECK (CASE WHEN status IN ('paid', 'refunded') THEN paid_at IS NOT NULL AND paid_by IS NOT NULL AND paid_reference IS NOT NULL ELSE paid_at IS NULL AND paid_by IS NULL AND paid_reference IS NULL END),
    CONSTRAINT ck_payment_invoices_refunded CHECK (CASE WHEN status = 'refunded' THEN refunded_at IS NOT NULL AND refunded_amount BETWEEN 1 AND amount AND refunded_credits BETWEEN 0 AND credits ELSE refunded_at IS NULL AND refunded_amount IS NULL AND refunded_credits IS NULL END),
    CONSTRAINT uq_payment_invoices_serial UNIQUE (serial),
    CONSTRAINT fk_payment_invoices_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE RESTRICT
);
CREATE INDEX ix_payment_invoices_paid_at ON payment_invoices (paid_at)
    WHERE paid_at IS NOT NULL;
CREATE INDEX ix_payment_invoices_pending_expires_at ON payment_invoices (expires_at)
    WHERE status = 'pending';
CREATE INDEX ix_payment_invoices_refunded_at ON payment_invoices (refunded_at)
    WHERE refunded_at IS NOT NULL;
CREATE INDEX ix_payment_invoices_status_serial ON payment_invoices (status, serial);
CREATE INDEX ix_payment_invoices_unpaid ON payment_invoices (created_at)
    WHERE status IN ('pending', 'expired', 'cancelled') AND gateway_reference IS NOT NULL;
CREATE INDEX ix_payment_invoices_user_id_serial ON payment_invoices (user_id, serial);
CREATE TRIGGER set_updated_at BEFORE UPDATE ON payment_invoices
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

CREATE TABLE payment_events (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    invoice_id UUID NOT NULL,
    source VARCHAR(16) NOT NULL,
    verdict VARCHAR(24) NOT NULL,
    gateway VARCHAR(32) NOT NULL,
    reference VARCHAR(200),
    amount BIGINT,
    actor_id UUID,
    note VARCHAR(500) DEFAULT '' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_payment_events PRIMARY KEY (id),
    CONSTRAINT ck_payment_events_source CHECK (source IN ('owner', 'admin', 'callback', 'status', 'schedule', 'plans')),
    CONSTRAINT ck_payment_events_verdict CHECK (verdict IN ('created', 'opened', 'paid', 'duplicate', 'surplus', 'other_amount', 'failed', 'expired', 'cancelled', 'refunded')),
    CONSTRAINT fk_payment_events_invoice_id FOREIGN KEY(invoice_id) REFERENCES payment_invoices (id) ON DELETE RESTRICT,
    CONSTRAINT fk_payment_events_actor_id FOREIGN KEY(actor_id) REFERENCES users (id) ON DELETE RESTRICT
);
CREATE INDEX ix_payment_events_actor_id ON payment_events (actor_id);
CREATE INDEX ix_payment_events_attention ON payment_events (created_at)
    WHERE verdict IN ('surplus', 'other_amount');
CREATE INDEX ix_payment_events_invoice_id_id ON payment_events (invoice_id, id);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payment_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE payment_events ENABLE ALWAYS TRIGGER append_only;
