create table project (
  id            uuid primary key,
  version       bigint not null,
  name          varchar(63) not null,
  repository    varchar(2048),
  base_branch   varchar(255),
  local_path    varchar(4096),
  max_sessions  integer check (max_sessions > 0),
  on_lost       varchar(16) not null,
  created_by    varchar(255) not null,
  created_at    timestamptz not null,
  updated_at    timestamptz not null,
  -- A deleted project keeps its row, since its threads stay readable; its name is free again.
  deleted_at    timestamptz
);

create unique index project_name on project (lower(name)) where deleted_at is null;

-- What stays put while a run moves: its version is the ETag of the thread.
create table thread (
  id            uuid primary key,
  version       bigint not null,
  project_id    uuid not null references project,
  title         varchar(200) not null,
  title_custom  boolean not null,
  archived      boolean not null,
  pinned        boolean not null,
  engine        varchar(63) not null,
  model         varchar(128),
  mode          varchar(128),
  effort        varchar(128),
  command       jsonb not null,
  pool          varchar(63) not null,
  machine       varchar(63),
  labels        jsonb not null,
  created_by    varchar(255) not null,
  created_at    timestamptz not null,
  updated_at    timestamptz not null
);

create index thread_project on thread (project_id);
create index thread_pinned on thread (id) where pinned;

-- What moves during a run: one small row, locked first by whoever changes anything of the thread.
create table thread_run (
  thread_id          uuid primary key references thread on delete cascade,
  version            bigint not null,
  status             varchar(16) not null,
  active_session     uuid,
  session_version    bigint not null,
  attempt            integer not null,
  machine            varchar(63),
  phase              varchar(64),
  reason             text,
  stop_by            varchar(255),
  stop_reason        text,
  outcome_status     varchar(16),
  outcome_code       text,
  outcome_message    text,
  outcome_by         varchar(255),
  outcome_session    uuid,
  outcome_at         timestamptz,
  workspace_branch   varchar(255),
  branch             text,
  worktree_path      text,
  head               text,
  changed_files      integer,
  engine_session     text,
  message_count      integer not null,
  transition_count   integer not null,
  last_activity_at   timestamptz not null
);

-- The order of every list of threads.
create index thread_run_activity on thread_run (last_activity_at desc, thread_id desc);

-- The sessions that a thread has seen and how far, so that nothing old is taken for new.
create table thread_session (
  session_id  uuid primary key,
  thread_id   uuid not null references thread on delete cascade,
  version     bigint not null,
  done        boolean not null,
  replied     boolean not null
);

create index thread_session_thread on thread_session (thread_id);

create table message (
  id          uuid primary key,
  thread_id   uuid not null references thread on delete cascade,
  ordinal     integer not null,
  role        varchar(16) not null,
  text        text not null,
  truncated   boolean not null,
  status      varchar(16) not null,
  session_id  uuid,
  attempt     integer,
  created_at  timestamptz not null,
  unique (thread_id, ordinal)
);

create table transition (
  thread_id        uuid not null references thread on delete cascade,
  ordinal          integer not null,
  from_status      varchar(16) not null,
  to_status        varchar(16) not null,
  cause            text not null,
  caused_by        varchar(255) not null,
  session_id       uuid,
  session_version  bigint not null,
  at               timestamptz not null,
  primary key (thread_id, ordinal)
);

-- Requests to session-service that no session.changed has answered yet, as they were sent.
create table unanswered_request (
  session_id  uuid not null,
  kind        varchar(16) not null,
  thread_id   uuid not null references thread on delete cascade,
  payload     text not null,
  asked_at    timestamptz not null,
  primary key (session_id, kind)
);

create index unanswered_request_asked on unanswered_request (asked_at);
create index unanswered_request_thread on unanswered_request (thread_id);
