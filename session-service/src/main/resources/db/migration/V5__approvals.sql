-- What the engine of the current attempt has asked people and waits for; null for nothing.
alter table session add column open_approvals jsonb;

-- What a worker is told by a decision or input, which it may have to be told again.
create table command_message (
  command_id uuid primary key references command (id),
  message    text not null
);
create index command_overdue on command (created_at) where state = 'sent';
