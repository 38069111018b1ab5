-- Threads that are gone, so that what the log still brings of their sessions is not stored again.
-- A thread that was made again under the same id has younger sessions.
CREATE TABLE deleted_thread (
  thread_id  uuid PRIMARY KEY,
  deleted_at timestamptz NOT NULL
);
