-- Threads that are gone, so that what still comes of their sessions does not make them again. A
-- thread that was made again under the same id has younger sessions.
create table deleted_thread (
  thread_id  uuid primary key,
  deleted_at timestamptz not null
);

-- A session that is removed takes the answers to its claims along.
create index claim_of_session on claim (session_id);

-- Rises with each change of a machine that others are told of.
alter table machine add column feed_version bigint not null default 0;
