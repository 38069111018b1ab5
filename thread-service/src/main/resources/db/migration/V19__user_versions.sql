-- Others follow what people set, by versions. What was set until now is told once.
alter table user_setting add column version bigint not null default 1;

insert into outbox (topic, key, payload)
select 'user.changed', user_name,
  convert_to(
    json_build_object(
      'user', user_name,
      'version', version,
      'permission', permission,
      'at', to_char(changed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))::text,
    'UTF8')
from user_setting;

-- So is what projects say, under their next version.
update project set version = version + 1 where permission is not null and deleted_at is null;

insert into outbox (topic, key, payload)
select 'project.changed', id::text,
  convert_to(
    json_build_object(
      'projectId', id,
      'version', version,
      'name', name,
      'repository', repository,
      'baseBranch', base_branch,
      'localPath', local_path,
      'maxSessions', max_sessions,
      'onLost', lower(on_lost),
      'deleted', false,
      'at', to_char(updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
      'permission', lower(permission))::text,
    'UTF8')
from project where permission is not null and deleted_at is null;
