-- What the service has said and the relay has not yet sent.
create table outbox (
  id         bigint generated always as identity primary key,
  topic      text        not null,
  key        text        not null,
  payload    bytea       not null,
  headers    jsonb       not null default '{}',
  created_at timestamptz not null default clock_timestamp()
) with (
  -- A queue: all rows die young, so the dead are cleared by their number, not by a share of the table.
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 2000
);
