-- What may be spent: input and output tokens together, and US dollars; null does not count.
alter table thread
  add column budget_tokens bigint,
  add column budget_cost double precision;
alter table project
  add column budget_tokens bigint,
  add column budget_cost double precision;

-- Threads that wait for a budget are looked at again and again.
create index thread_run_budget on thread_run (thread_id) where held_by = 'BUDGET';
