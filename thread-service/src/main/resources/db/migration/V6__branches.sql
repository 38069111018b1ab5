-- An edit or a regeneration makes a sibling: messages are a tree, and a branch is the path from the
-- root to one of its messages. A parent has a lower ordinal than its children.
alter table message
  add column parent_id uuid references message,
  add column revision bigint not null default 1,
  -- Empty where the message is its text alone.
  add column parts jsonb not null default '[]',
  add column usage jsonb;

create index message_parent on message (parent_id);
create index message_open on message (session_id) where status in ('PENDING', 'STREAMING');

-- Until now each thread was a straight line.
update message m set parent_id = line.parent_id
from (
  select id, lag(id) over (partition by thread_id order by ordinal) as parent_id from message
) line
where line.id = m.id and line.parent_id is not null;

-- Where the active branch ends, and so where the next message goes; null before the first.
alter table thread_run add column active_message uuid;

update thread_run r set active_message = m.id
from message m
where m.thread_id = r.thread_id and m.ordinal = r.message_count;

-- Where the answer of a session goes: behind what it said last, or what it answers.
alter table thread_session
  add column answers uuid,
  add column last_message uuid,
  add column writing boolean not null default false;

update thread_session s set answers = m.id
from message m
where m.session_id = s.session_id and m.role = 'USER';

update thread_session s set last_message = (
  select m.id from message m
  where m.session_id = s.session_id and m.role = 'ASSISTANT'
  order by m.ordinal desc limit 1)
where replied;
