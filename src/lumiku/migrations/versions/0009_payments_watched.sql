-- Claims of payments are checked before they are believed; what needed somebody can be marked handled.

ALTER TABLE payment_invoices ADD COLUMN watched_at TIMESTAMP WITH TIME ZONE;
DROP INDEX ix_payment_invoices_unpaid;
CREATE INDEX ix_payment_invoices_watched ON payment_invoices (expires_at)
    WHERE status IN ('pending', 'expired', 'cancelled')
    AND (gateway_reference IS NOT NULL OR watched_at IS NOT NULL);
ALTER TABLE payment_events
    DROP CONSTRAINT ck_payment_events_verdict,
    ADD CONSTRAINT ck_payment_events_verdict CHECK (verdict IN ('created', 'opened', 'claimed', 'paid', 'duplicate', 'surplus', 'other_amount', 'failed', 'expired', 'cancelled', 'refunded', 'handled'));
