-- Where on the tree of messages an engine stands: where the session ended that told its state, and
-- in which mode. Of what was kept until now nobody knows; its next turn hands the conversation over.
alter table thread_session add column mode varchar(128);
alter table thread_engine_state
  add column session_id uuid,
  -- The session that is to go on with the state; it moves the place once its engine runs.
  add column given_to uuid;

-- Whether a session says nothing in the conversation, as one that sums it up. Until now such a one
-- was known by having replied without a message.
alter table thread_session add column silent boolean not null default false;
update thread_session set silent = true
where replied and last_message is null and thread_id is not null;

-- Whether a message came with its usage, or that is its share in what its attempt had cost.
alter table message add column usage_own boolean not null default false;
update message set usage_own = true where usage is not null;

-- Whether the service itself said it, of a run that failed; no engine is told that. It is not known
-- of what was said until now.
alter table message add column of_service boolean not null default false;
