CREATE INDEX ix_background_remover_subscriptions_suspended_at
    ON background_remover_subscriptions (suspended_at) WHERE suspended_at IS NOT NULL;
