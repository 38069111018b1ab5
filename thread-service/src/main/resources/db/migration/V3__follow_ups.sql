-- What people said to a busy thread, each with its own settings, until its turn comes.
create table follow_up (
  id          uuid primary key,
  thread_id   uuid not null references thread on delete cascade,
  version     bigint not null,
  -- Its rank among those that are queued; of no meaning once it is not.
  place       bigint not null,
  text        text not null,
  settings    jsonb not null,
  priority    varchar(16) not null,
  status      varchar(16) not null,
  session_id  uuid,
  message_id  uuid,
  returns     integer not null,
  trace       varchar(32),
  created_by  varchar(255) not null,
  created_at  timestamptz not null
);

create index follow_up_queued on follow_up (thread_id, place) where status = 'QUEUED';
create index follow_up_sending on follow_up (session_id) where status = 'SENDING';
create index follow_up_thread on follow_up (thread_id);

-- How many are queued, and what keeps them from going on; none of it unless the thread is idle.
-- The defaults are for instances of the version before, which do not write these columns.
alter table thread_run
  add column follow_ups integer not null default 0,
  add column held_by varchar(16),
  add column held_reason text;

-- Whether the engine of a session has ever run: a follow-up whose engine has not can be sent again.
alter table thread_session
  add column engine_started boolean not null default false;
