-- How far the feed of each thread is. The row outlives its thread, so that a thread which is made
-- again under the same id goes on where the versions of the first one ended.
create table thread_feed (
  thread_id   uuid primary key,
  project_id  uuid not null,
  version     bigint not null
);
