-- The plan of a thread, every one that it had; that of the highest version is in force.
create table plan_revision (
  thread_id   uuid not null references thread on delete cascade,
  version     bigint not null,
  plan        jsonb not null,
  changed_by  varchar(255) not null,
  session_id  uuid,
  changed_at  timestamptz not null,
  primary key (thread_id, version)
);

-- States of the workspace's files as git references: a tree, as the conversation is one.
create table checkpoint (
  id             uuid primary key,
  thread_id      uuid not null references thread on delete cascade,
  ordinal        integer not null,
  parent_id      uuid,
  ref            varchar(1024) not null,
  message_id     uuid,
  moment         varchar(16) not null,
  session_id     uuid not null,
  attempt        integer not null,
  changed_files  integer not null,
  created_at     timestamptz not null,
  unique (thread_id, ordinal)
);

alter table thread_run
  add column project_mode varchar(16),
  add column checkpoint_anchor uuid,
  add column checkpoint_cursor uuid,
  add column checkpoint_latest uuid,
  add column pull_request jsonb;

-- What was summed up of a thread, and how far; nothing of it is deleted.
create table compaction (
  thread_id        uuid not null references thread on delete cascade,
  ordinal          integer not null,
  summary          text not null,
  through_message  uuid not null,
  through_ordinal  integer not null,
  session_id       uuid not null,
  created_at       timestamptz not null,
  primary key (thread_id, ordinal)
);
