-- What the engine of a session may do without asking, which is told with every change of it.
alter table session add column permission text;

update session s set permission = r.engine ->> 'permission'
from session_run r where r.session_id = s.id and r.engine ->> 'permission' is not null;
