-- What consumers could not read or apply, from the topic 'parked'.
-- topic, topic_partition, topic_offset: where it was; -1 for what its topic never took.
-- digest: of key, headers and payload, since a topic that is made anew has its offsets again.
CREATE TABLE parked_record (
  id              uuid PRIMARY KEY,
  topic           text NOT NULL,
  topic_partition integer NOT NULL,
  topic_offset    bigint NOT NULL,
  consumer        text NOT NULL,
  digest          bytea NOT NULL,
  key             text,
  payload         bytea,
  headers         jsonb NOT NULL,
  code            text NOT NULL,
  reason          text NOT NULL,
  truncated       boolean NOT NULL,
  parked_at       timestamptz NOT NULL,
  state           text NOT NULL CHECK (state IN ('parked', 'replayed')),
  replayed_by     text,
  replayed_at     timestamptz,
  -- Not a foreign key: the first may be forgotten before the second.
  replay_of       uuid,
  UNIQUE (consumer, topic, topic_partition, topic_offset, digest),
  CHECK ((state = 'replayed') = (replayed_by IS NOT NULL AND replayed_at IS NOT NULL))
);

CREATE INDEX parked_record_replay_of ON parked_record (replay_of) WHERE replay_of IS NOT NULL;
CREATE INDEX parked_record_parked_at ON parked_record (parked_at);
