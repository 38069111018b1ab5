-- What is run once in each new worktree of a project, before any engine.
alter table project add column setup text;
