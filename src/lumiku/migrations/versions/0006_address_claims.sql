-- Addresses that wait to be proven by a mailed link.

CREATE TABLE address_claims (
    id UUID NOT NULL,
    user_id UUID,
    email VARCHAR(254) NOT NULL,
    name VARCHAR(120) DEFAULT '' NOT NULL,
    language VARCHAR(8) DEFAULT 'en' NOT NULL,
    password_hash TEXT,
    token_hash BYTEA,
    mailed_at TIMESTAMP WITH TIME ZONE,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_address_claims PRIMARY KEY (id),
    CONSTRAINT uq_address_claims_token_hash UNIQUE (token_hash),
    CONSTRAINT ck_address_claims_language CHECK (language IN ('en', 'id')),
    CONSTRAINT ck_address_claims_password_hash CHECK ((user_id IS NULL) = (password_hash IS NOT NULL)),
    CONSTRAINT ck_address_claims_token_hash CHECK (octet_length(token_hash) = 32),
    CONSTRAINT fk_address_claims_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX ix_address_claims_email_lower ON address_claims (lower(email));
CREATE INDEX ix_address_claims_expires_at ON address_claims (expires_at);
CREATE INDEX ix_address_claims_user_id ON address_claims (user_id);
CREATE TRIGGER set_updated_at BEFORE UPDATE ON address_claims
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

ALTER TABLE mail_deliveries ALTER COLUMN user_id DROP NOT NULL;
