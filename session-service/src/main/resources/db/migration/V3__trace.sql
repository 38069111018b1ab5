-- The trace id of whatever asked for the session (W3C, 32 hexadecimal digits). One from before this
-- column gets its own id for it, which has as many digits.
alter table session add column trace text;
update session set trace = replace(id::text, '-', '');
alter table session alter column trace set not null;
