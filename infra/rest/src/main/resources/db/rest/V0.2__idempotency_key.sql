-- One row per request that was sent with an Idempotency-Key; swept after a day.
-- response is set before commit, so no other transaction ever sees it null.
CREATE TABLE idempotency_key (
    caller       text        NOT NULL,
    key          text        NOT NULL,
    operation    text        NOT NULL,
    request_hash text        NOT NULL,
    response     text,
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (caller, key, operation)
);

CREATE INDEX idempotency_key_by_age ON idempotency_key (created_at);
