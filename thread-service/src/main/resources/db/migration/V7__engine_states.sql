-- What a thread keeps of each engine that it has used, for when it comes back to it.
create table thread_engine_state (
  thread_id   uuid not null references thread on delete cascade,
  engine      varchar(63) not null,
  state       jsonb not null,
  version     bigint not null,
  updated_at  timestamptz not null,
  primary key (thread_id, engine)
);
