-- What was said to a run, with what else it needs to be said again, should the run not take it.
create table steered_message (
  command_id  uuid primary key references session_command on delete cascade,
  message_id  uuid not null,
  settings    jsonb not null,
  priority    varchar(16) not null,
  said_by     varchar(255) not null
);
