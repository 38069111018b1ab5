-- What each attempt of a session has spent: the sum of what its messages said, and what its engine
-- reported for the attempt as a whole. Either can be missing or behind, so that the greater counts.
create table attempt_usage (
  session_id       uuid not null,
  attempt          integer not null,
  thread_id        uuid not null references thread on delete cascade,
  said_input       bigint not null default 0,
  said_cached      bigint not null default 0,
  said_output      bigint not null default 0,
  said_cost        numeric,
  reported_input   bigint not null default 0,
  reported_cached  bigint not null default 0,
  reported_output  bigint not null default 0,
  reported_cost    numeric,
  input   bigint not null generated always as (greatest(said_input, reported_input)) stored,
  cached  bigint not null generated always as (greatest(said_cached, reported_cached)) stored,
  output  bigint not null generated always as (greatest(said_output, reported_output)) stored,
  cost    numeric generated always as (greatest(said_cost, reported_cost)) stored,
  primary key (session_id, attempt)
);
create index attempt_usage_thread on attempt_usage (thread_id);

-- The running total of each thread. It outlives its thread, since its project has spent it still.
create table thread_usage (
  id          bigint generated always as identity primary key,
  thread_id   uuid unique references thread on delete set null,
  project_id  uuid not null references project,
  input       bigint not null,
  cached      bigint not null,
  output      bigint not null,
  cost        numeric
);
create index thread_usage_project on thread_usage (project_id);

-- What was spent until now, as the messages have it.
insert into attempt_usage
  (session_id, attempt, thread_id, said_input, said_cached, said_output, said_cost)
select session_id, attempt, thread_id,
  sum((usage ->> 'inputTokens')::bigint), sum((usage ->> 'cachedInputTokens')::bigint),
  sum((usage ->> 'outputTokens')::bigint), sum((usage ->> 'costUsd')::numeric)
from message
where usage is not null and session_id is not null and attempt is not null
group by session_id, attempt, thread_id;

insert into thread_usage (thread_id, project_id, input, cached, output, cost)
select a.thread_id, t.project_id, sum(a.input), sum(a.cached), sum(a.output), sum(a.cost)
from attempt_usage a join thread t on t.id = a.thread_id
group by a.thread_id, t.project_id;
