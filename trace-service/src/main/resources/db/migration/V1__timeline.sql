-- A position is (epoch << 44) + offset: one number that orders the rows of a topic partition also
-- across a topic that was deleted and made again. All rows of one timeline are in one partition.

-- Each topic id that was ever read; a topic that is made anew has a new id, so its offsets begin
-- anew as well.
CREATE TABLE topic_epoch (
  epoch      integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  topic_id   text NOT NULL UNIQUE,
  first_seen timestamptz NOT NULL DEFAULT now()
);

-- The next offset to be ingested; advanced in the transaction that stores what lies before it.
CREATE TABLE ingest_offset (
  epoch           integer NOT NULL REFERENCES topic_epoch,
  topic_partition integer NOT NULL,
  next_offset     bigint NOT NULL,
  PRIMARY KEY (epoch, topic_partition)
) WITH (fillfactor = 50);

-- Every event, by day of its session (UUID of version 7), so that retention is a DROP.
-- timeline: the thread, or the session where there is none.
CREATE TABLE trace_event (
  session_id      uuid NOT NULL,
  attempt         integer NOT NULL,
  origin          text NOT NULL,
  seq             bigint NOT NULL,
  timeline        uuid NOT NULL,
  thread_id       uuid,
  topic_partition integer NOT NULL,
  position        bigint NOT NULL,
  at              timestamptz NOT NULL,
  kind            text NOT NULL,
  body            jsonb NOT NULL,
  cleaned         boolean NOT NULL,
  superseded      boolean NOT NULL,
  PRIMARY KEY (session_id, attempt, origin, seq)
) PARTITION BY RANGE (session_id);

-- The session at the end lets a session's events be picked without a visit to the rows of others.
CREATE INDEX trace_event_timeline ON trace_event (timeline, position, session_id)
  WHERE NOT superseded;

-- Sessions whose id is no UUID of version 7, or of a day that is out of all reason.
CREATE TABLE trace_event_default PARTITION OF trace_event DEFAULT;

-- What is known of a session: the place of its events and its roll-up.
CREATE TABLE session_summary (
  session_id      uuid PRIMARY KEY,
  timeline        uuid NOT NULL,
  thread_id       uuid,
  topic_partition integer NOT NULL,
  first_position  bigint NOT NULL,
  last_position   bigint NOT NULL,
  expired         boolean NOT NULL DEFAULT false,
  status          text,
  attempt         integer NOT NULL,
  machine         text,
  reason          text,
  queued_at       timestamptz,
  claimed_at      timestamptz,
  running_at      timestamptz,
  ended_at        timestamptz,
  events          bigint NOT NULL,
  superseded      bigint NOT NULL,
  errors          bigint NOT NULL,
  output_bytes    bigint NOT NULL,
  counts          jsonb NOT NULL
) WITH (fillfactor = 70);

CREATE INDEX session_summary_timeline ON session_summary (timeline, session_id);

-- An attempt (0: the session as a whole): what has been seen of it and whether it is closed.
CREATE TABLE session_attempt (
  session_id          uuid NOT NULL,
  attempt             integer NOT NULL,
  timeline            uuid NOT NULL,
  worker_seq          bigint NOT NULL,
  session_seq         bigint NOT NULL,
  thread_seq          bigint NOT NULL,
  started             boolean NOT NULL,
  closed_position     bigint,
  closed_reason       text,
  closed_at           timestamptz,
  input_tokens        bigint,
  cached_input_tokens bigint,
  output_tokens       bigint,
  cost_usd            double precision,
  PRIMARY KEY (session_id, attempt)
) WITH (fillfactor = 70);

CREATE INDEX session_attempt_timeline ON session_attempt (timeline, session_id);

-- What a person reads, in order of the position at which each item began.
-- text: the settled text; null while it is only in transcript_text.
CREATE TABLE transcript_item (
  timeline   uuid NOT NULL,
  position   bigint NOT NULL,
  id         text NOT NULL,
  session_id uuid NOT NULL,
  attempt    integer NOT NULL,
  kind       text NOT NULL,
  open       boolean NOT NULL,
  at         timestamptz NOT NULL,
  role       text,
  status     text,
  text       text,
  text_chars integer NOT NULL,
  details    jsonb NOT NULL,
  PRIMARY KEY (timeline, position),
  UNIQUE (timeline, id)
) WITH (fillfactor = 70);

CREATE INDEX transcript_item_session ON transcript_item (session_id, position);
CREATE INDEX transcript_item_open ON transcript_item (session_id) WHERE open;

-- Text that still grows, one piece per ingest batch, so that no text is written again to append
-- to it.
CREATE TABLE transcript_text (
  timeline      uuid NOT NULL,
  item_position bigint NOT NULL,
  position      bigint NOT NULL,
  text          text NOT NULL,
  PRIMARY KEY (timeline, item_position, position),
  FOREIGN KEY (timeline, item_position) REFERENCES transcript_item ON DELETE CASCADE
);
