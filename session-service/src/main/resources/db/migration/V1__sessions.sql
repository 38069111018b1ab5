-- What session-service follows of the projects, which thread-service owns.
create table project (
  id           uuid primary key,
  version      bigint  not null,
  name         text    not null,
  repository   text,
  base_branch  text,
  local_path   text,
  max_sessions integer,
  on_lost      text    not null,
  deleted      boolean not null
);
create index project_name on project (name) where not deleted;

-- Machines as their heartbeats describe them; wanted_state is the operator's word.
create table machine (
  id            text primary key,
  host_id       text        not null,
  host_name     text        not null,
  incarnation   bigint      not null,
  state         text        not null,
  wanted_state  text        not null default 'online',
  pool          text        not null,
  labels        jsonb       not null,
  slots         integer     not null,
  engines       jsonb       not null,
  version       text        not null,
  registered_at timestamptz not null,
  last_seen     timestamptz not null
) with (fillfactor = 70);

-- The moving part of a session: one small row. No index names a column that moves, so that every
-- update stays within its page (HOT); what stands open is found in backlog and slot instead.
create table session (
  id                uuid primary key,
  version           bigint      not null,
  thread_id         uuid,
  message_id        uuid,
  project_id        uuid        not null,
  project_name      text        not null,
  engine            text        not null,
  pool              text        not null,
  pinned_machine    text,
  labels            jsonb       not null,
  priority          text        not null,
  requested_by      text        not null,
  retry_of          uuid,
  queued_at         timestamptz not null,
  status            text        not null,
  failures          integer     not null,
  held              boolean     not null,
  reason            text,
  attempt           integer     not null,
  machine           text,
  incarnation       bigint,
  claim_id          uuid,
  claim_heartbeat   bigint,
  last_seq          bigint,
  claimed_at        timestamptz,
  started_at        timestamptz,
  phase             text,
  directory         text,
  branch            text,
  finished_at       timestamptz,
  exit_code         integer,
  failure_code      text,
  failure_message   text,
  failure_retryable boolean
) with (fillfactor = 70);
create index session_newest on session (queued_at desc, id desc);
create index session_of_thread on session (thread_id, queued_at desc, id desc) where thread_id is not null;
create index session_of_project on session (project_id, queued_at desc, id desc);

-- The large part, written once and read when a claim is granted.
create table session_run (
  session_id uuid primary key references session (id),
  prompt     text  not null,
  engine     jsonb not null,
  workspace  jsonb not null
);

create table session_transition (
  session_id  uuid        not null references session (id),
  version     bigint      not null,
  at          timestamptz not null,
  from_status text,
  to_status   text        not null,
  attempt     integer     not null,
  by_whom     text        not null,
  why         text        not null,
  primary key (session_id, version)
);

-- Exactly the sessions that are queued. order_at is queued_at less the bonus of the priority;
-- shape names the requirements, so that what no machine can run never hides what one can.
create table backlog (
  session_id   uuid primary key references session (id),
  thread_id    uuid,
  project_id   uuid        not null,
  pool         text        not null,
  shape        text        not null,
  order_at     timestamptz not null,
  held         boolean     not null,
  waiting_code text
);
create index backlog_order on backlog (pool, project_id, shape, order_at, session_id) where not held;
create index backlog_thread on backlog (thread_id) where thread_id is not null;

-- At most one offer stands beside a queued session; it counts against slots and limits.
create table offer (
  session_id  uuid primary key references backlog (session_id) on delete cascade,
  offer_id    uuid        not null unique,
  attempt     integer     not null,
  project_id  uuid        not null,
  pool        text        not null,
  machine     text,
  offered_at  timestamptz not null,
  valid_until timestamptz not null
);

-- Machines that refused a queued session, and until when they are not asked again.
create table refusal (
  session_id uuid        not null references backlog (session_id) on delete cascade,
  machine    text        not null,
  reason     text        not null,
  until      timestamptz not null,
  primary key (session_id, machine)
);

-- Exactly the attempts in a worker's hands; waiting ones have given their slot back.
create table slot (
  session_id      uuid primary key references session (id),
  thread_id       uuid,
  project_id      uuid    not null,
  pool            text    not null,
  machine         text    not null,
  incarnation     bigint  not null,
  attempt         integer not null,
  claim_id        uuid    not null,
  claim_heartbeat bigint  not null,
  waiting         boolean not null
);
create index slot_machine on slot (machine);
create index slot_thread on slot (thread_id) where thread_id is not null;

-- The answer to every claim, so that a repeated one gets it again.
create table claim (
  claim_id    uuid primary key,
  session_id  uuid        not null,
  offer_id    uuid        not null,
  machine     text        not null,
  incarnation bigint      not null,
  attempt     integer     not null,
  answer      text        not null,
  reason      text,
  at          timestamptz not null
);
create index claim_granted on claim (machine, session_id) where answer = 'granted';
create index claim_age on claim (at);

-- When a project last had a session offered in a pool: ties go to whoever waited longer.
create table project_turn (
  pool       text        not null,
  project_id uuid        not null,
  offered_at timestamptz not null,
  primary key (pool, project_id)
);

create table command (
  id           uuid primary key,
  kind         text        not null,
  session_id   uuid,
  attempt      integer,
  machine      text,
  requested_by text        not null,
  created_at   timestamptz not null,
  state        text        not null,
  settled_at   timestamptz,
  reason       text
);
create index command_of_session on command (session_id) where session_id is not null;
create index command_of_machine on command (machine, created_at);
