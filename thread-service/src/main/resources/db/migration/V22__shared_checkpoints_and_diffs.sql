-- Whether machines push the checkpoints of a project's threads to its remote.
alter table project add column push_checkpoints boolean not null default false;

-- What a checkpoint changed against another one; against the commit it stands on where from_id is
-- null. It can be had again from the machine that has the checkpoint.
create table checkpoint_diff (
  thread_id      uuid not null references thread on delete cascade,
  checkpoint_id  uuid not null references checkpoint on delete cascade,
  from_id        uuid,
  changed_files  integer not null,
  files          jsonb not null,
  patch          text not null,
  truncated      boolean not null,
  unique nulls not distinct (checkpoint_id, from_id)
);

create index checkpoint_diff_thread on checkpoint_diff (thread_id);
