ALTER TABLE webhook_deliveries ADD COLUMN last_reason VARCHAR(16);
