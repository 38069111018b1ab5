-- Until when a session is offered to nobody, since it has just failed for a passing cause.
alter table backlog add column not_before timestamptz;
create index backlog_not_before on backlog (not_before) where not_before is not null;
