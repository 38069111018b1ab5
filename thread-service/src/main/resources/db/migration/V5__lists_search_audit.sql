-- Every order of the list of threads; that of the latest activity is thread_run_activity.
create index thread_created on thread (created_at desc, id desc);
create index thread_title on thread (lower(title), id);

-- What lists are filtered by, where it leaves few threads of many.
create index thread_engine on thread (engine);
create index thread_run_machine on thread_run (machine);
create index thread_run_busy on thread_run (status) where status <> 'IDLE';

-- The words of titles and messages, as they are: of no language, in lower case, cut at whatever is
-- no letter or digit, so that a part of a path or of a name is found. What is far down in a long
-- text is not searched, since a tsvector holds 1 MiB at most.
alter table thread
  add column title_words tsvector generated always as
    (to_tsvector('simple', regexp_replace(title, '[^[:alnum:]]+', ' ', 'g'))) stored;
alter table message
  add column words tsvector generated always as
    (to_tsvector('simple', regexp_replace(left(text, 65536), '[^[:alnum:]]+', ' ', 'g'))) stored;

-- Without fastupdate the search is never behind a heap of pending words.
create index thread_title_words on thread using gin (title_words) with (fastupdate = off);
create index message_words on message using gin (words) with (fastupdate = off);
-- The newest hits of a word that is everywhere.
create index message_created on message (created_at desc, id desc);

-- Who did what, without what was said. Rows outlive what they are about.
create table audit (
  id          bigint generated always as identity primary key,
  at          timestamptz not null,
  done_by     varchar(255) not null,
  action      varchar(63) not null,
  project_id  uuid,
  thread_id   uuid,
  session_id  uuid,
  fields      text[] not null
);

create index audit_thread on audit (thread_id, id);
create index audit_project on audit (project_id, id);
create index audit_by on audit (done_by, id);
