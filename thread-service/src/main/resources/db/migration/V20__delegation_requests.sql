-- What engines want delegated, each known by the id that its worker gave it. Kept from the fact that
-- says so until the reply is on its way, and after that for what is repeated.
create table delegation_request (
  id            uuid primary key,
  thread_id     uuid not null references thread on delete cascade,
  session_id    uuid not null,
  attempt       integer not null,
  key           text not null,
  -- Null once the child has it.
  prompt        text,
  engine        text not null,
  model         text,
  -- Whether the engine waits for the result.
  waits         boolean not null,
  requested_by  varchar(255) not null,
  trace         varchar(32),
  state         varchar(16) not null,
  child_id      uuid references thread on delete set null,
  -- What the engine is told by, and the run of the child of which it is told the result.
  command_id    uuid unique,
  told_session  uuid,
  created_at    timestamptz not null
);
create index delegation_request_asked on delegation_request (created_at) where state = 'ASKED';
create index delegation_request_waiting on delegation_request (child_id) where state = 'WAITING';
create index delegation_request_thread on delegation_request (thread_id);
create index delegation_request_child on delegation_request (child_id) where child_id is not null;
