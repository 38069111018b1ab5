import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { ProjectFacts } from '@/features/projects/project-facts';
import { ProjectRules } from '@/features/projects/project-rules';
import { ProjectSettings } from '@/features/projects/project-settings';
import { SessionDrawer } from '@/features/sessions/session-drawer';
import { SessionList } from '@/features/sessions/session-list';
import { project as projectQuery } from '@/shared/api/queries';
import { Segments } from '@/shared/ui/forms';
import { Failed, PageHead, Skeleton } from '@/shared/ui/kit';
import { Conversation } from './conversation';

type Tab = 'sessions' | 'settings';

export function ProjectPage() {
  const { name } = useParams({ strict: false }) as { name: string };
  const { session, event, tab = 'sessions' } = useSearch({ strict: false }) as { session?: string; event?: string; tab?: Tab };
  const navigate = useNavigate();
  const query = useQuery(projectQuery(name));
  const go = (search: { session?: string; tab?: Tab }) => void navigate({ to: '/projects/$name', params: { name }, search: search as never });
  const one = query.data;
  const crumbs = <><Link to="/projects" className="font-normal text-soft hover:text-ink">Projects /</Link> {name}</>;
  if (query.error && !one) return <><PageHead title={crumbs} /><Failed error={query.error} retry={() => void query.refetch()} /></>;
  return (
    <>
      <PageHead title={crumbs}>
        <Link to="/threads" search={{ project: name } as never} className="text-[13px] text-accent-ink hover:underline">Threads</Link>
        <Segments label="View" value={tab} options={[['sessions', 'Sessions'], ['settings', 'Settings']]} onChange={(next) => go(next === 'settings' ? { tab: next } : {})} />
      </PageHead>
      <div className="min-h-0 flex-1 overflow-y-auto">
        {!one ? (
          <Skeleton />
        ) : tab === 'settings' ? (
          <>
            <ProjectSettings key={one.id} project={one} />
            <ProjectRules project={one} />
          </>
        ) : (
          <>
            <ProjectFacts project={one} />
            <SessionList
              filter={{ project: name }}
              empty="No session of this project yet"
              hint="Press C to start a thread on it; its runs appear here."
              onOpen={(opened) => go({ session: opened.id })}
            />
          </>
        )}
      </div>
      {session && <SessionDrawer key={session} id={session} event={event} onClose={() => go({})} conversation={(thread) => <Conversation thread={thread} />} />}
    </>
  );
}
