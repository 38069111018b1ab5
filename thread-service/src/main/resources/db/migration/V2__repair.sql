-- Each asking again waits twice as long as the one before, and goes on under the trace of the first.
-- The defaults are for instances of the version before, which do not write these columns.
alter table unanswered_request
  add column trace varchar(32),
  add column times_asked integer not null default 1,
  add column ask_again_at timestamptz not null default now() + interval '30 seconds';

create index unanswered_request_again on unanswered_request (ask_again_at);
drop index unanswered_request_asked;
