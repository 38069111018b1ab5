-- What engines may do without asking: of a thread, else of its project, else of whoever asks for the
-- run, else they ask.
alter table thread add column permission varchar(16);
alter table project add column permission varchar(16);

create table user_setting (
  user_name   varchar(255) primary key,
  permission  varchar(16),
  changed_at  timestamptz not null
);

-- With what a session was asked for, since its thread may be set to something else meanwhile.
alter table thread_session add column permission varchar(16);
