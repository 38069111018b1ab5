-- From where a run goes on; null for one that began before there was such a thing.
alter table session_run add column continuation jsonb;
