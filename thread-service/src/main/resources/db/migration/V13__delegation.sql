-- Threads that work for another one: the child, and the task that it was given.
create table delegation (
  child_id         uuid primary key references thread on delete cascade,
  parent_id        uuid not null references thread on delete cascade,
  -- The first of the line, which works for none, and how far the child is from it.
  root_id          uuid not null references thread on delete cascade,
  depth            integer not null,
  key              varchar(128) not null,
  hidden           boolean not null,
  notify           boolean not null,
  -- Of the request, which may come again, and what it was answered with.
  content          varchar(64) not null,
  session_id       uuid,
  message_id       uuid,
  follow_up_id     uuid,
  -- The run that was stopped since that of its parent was.
  stopped_session  uuid,
  result_status    varchar(16),
  result_summary   text,
  result_session   uuid,
  result_at        timestamptz,
  created_by       varchar(255) not null,
  created_at       timestamptz not null,
  unique (parent_id, key)
);
create index delegation_root on delegation (root_id);

-- As the delegation says, where the lists look.
alter table thread add column hidden boolean not null default false;
