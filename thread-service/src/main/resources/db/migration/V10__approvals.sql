-- What engines ask people. Its thread may be absent: the session of a project alone.
create table approval (
  id               uuid primary key,
  session_id       uuid not null,
  thread_id        uuid references thread on delete cascade,
  project_id       uuid not null,
  attempt          integer not null,
  machine          varchar(63),
  engine           varchar(63) not null,
  run_by           varchar(255) not null,
  kind             varchar(16) not null,
  tool             text,
  title            text not null,
  input            text,
  truncated        boolean not null,
  options          jsonb not null,
  free_text        boolean not null,
  asked_at         timestamptz not null,
  expires_at       timestamptz,
  state            varchar(16) not null,
  reason           text,
  decided_by       varchar(255),
  decided_at       timestamptz,
  verdict          varchar(16),
  option_id        text,
  scope            varchar(16),
  message          text,
  answer           text,
  rule_id          uuid,
  command_id       uuid unique,
  delivery         varchar(16),
  delivery_reason  text
);
create index approval_inbox on approval (asked_at desc, id desc);
create index approval_pending on approval (asked_at desc, id desc) where state = 'pending';
create index approval_thread on approval (thread_id, asked_at desc, id desc) where thread_id is not null;
create index approval_project on approval (project_id, asked_at desc, id desc);
create index approval_session on approval (session_id) where state = 'pending';
create index approval_expiry on approval (expires_at) where state = 'pending' and expires_at is not null;

-- What is answered without asking anybody. Exactly one owner, which the scope names.
create table rule (
  id          uuid primary key,
  scope       varchar(16) not null,
  thread_id   uuid references thread on delete cascade,
  project_id  uuid references project,
  user_name   varchar(255),
  tool        varchar(200) not null,
  pattern     varchar(1000) not null,
  decision    varchar(16) not null,
  created_by  varchar(255) not null,
  created_at  timestamptz not null,
  check (num_nonnulls(thread_id, project_id, user_name) = 1),
  unique nulls not distinct (thread_id, project_id, user_name, tool, pattern, decision)
);
create index rule_newest on rule (created_at desc, id desc);
