-- The lease that an attempt was promised: a shorter one that is configured later does not cut it short.
alter table offer add column lease_millis bigint not null default 0;
alter table slot add column lease_millis bigint not null default 0;
alter table session add column lease_millis bigint;

-- Who ended a session, or wants its end.
alter table session add column ended_by text;
