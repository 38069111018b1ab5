-- Which machine has the files that a thread goes on with, and which one what its engine remembers;
-- null for none, and where nobody knows. Until now that was where it had run last.
alter table thread_run add column workspace_machine varchar(63);
update thread_run set workspace_machine = machine where worktree_path is not null;

alter table thread_engine_state add column machine varchar(63);
update thread_engine_state e set machine = r.machine
from thread_run r where r.thread_id = e.thread_id;

-- For how long the threads of a project wait for their machines; null for the default.
alter table project add column machine_wait_seconds integer;
