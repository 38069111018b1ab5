-- What engines may do without asking: of a thread, else of its project, else they ask.
alter table thread add column permission varchar(16);
alter table project add column permission varchar(16);

-- With what a session was asked for, since its thread may be set to something else meanwhile.
alter table thread_session add column permission varchar(16);
