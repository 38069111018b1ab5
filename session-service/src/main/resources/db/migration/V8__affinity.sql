-- Where the thread of a session has what the session goes on with, as it was asked for.
alter table session add column affinity jsonb;

-- The machine that has what a queued session goes on with, since when it waits, and until when it
-- waits for that machine; home_until is null where it does so without an end.
alter table backlog
  add column home text,
  add column home_since timestamptz,
  add column home_until timestamptz;
create index backlog_home_until on backlog (home_until) where home_until is not null;

-- Sessions that wait for one machine must not hide those that wait for another one or for any.
drop index backlog_order;
create index backlog_order on backlog
  (pool, project_id, shape, coalesce(home, ''), order_at, session_id) where not held;
