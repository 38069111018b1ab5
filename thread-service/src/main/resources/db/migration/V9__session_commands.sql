-- Decisions and input for running engines, as they were sent; each ends once, and session-service says how.
create table session_command (
  id            uuid primary key,
  session_id    uuid not null,
  thread_id     uuid references thread on delete cascade,
  payload       text not null,
  trace         varchar(32),
  asked_at      timestamptz not null,
  times_asked   integer not null,
  ask_again_at  timestamptz not null,
  result        varchar(16),
  reason        text
);
create index session_command_again on session_command (ask_again_at) where result is null;
create index session_command_thread on session_command (thread_id) where thread_id is not null;

-- Sessions of a project alone are followed too, since their engines ask people as well.
alter table thread_session alter column thread_id drop not null;

-- What decides about the queue of a thread, in the row that is locked for it anyway. The defaults are
-- for instances of the version before, which do not write these columns.
alter table thread_run
  add column pending_approvals integer not null default 0,
  add column takes_input boolean not null default false;
