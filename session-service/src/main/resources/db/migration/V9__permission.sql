-- What engines may do without asking in sessions without a thread: what the project says, else what
-- the person has set, whom thread-service knows.
alter table project add column permission text;

create table user_setting (
  user_name  text primary key,
  version    bigint not null,
  permission text
);
