import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { SessionDrawer } from '@/features/sessions/session-drawer';
import { SessionList } from '@/features/sessions/session-list';
import { project as projectQuery } from '@/shared/api/queries';
import { Failed, PageHead } from '@/shared/ui/kit';
import { Conversation } from './conversation';

export function ProjectPage() {
  const { name } = useParams({ strict: false }) as { name: string };
  const { session } = useSearch({ strict: false }) as { session?: string };
  const navigate = useNavigate();
  const query = useQuery(projectQuery(name));
  const show = (id?: string) => void navigate({ to: '/projects/$name', params: { name }, search: (id ? { session: id } : {}) as never });
  if (query.error) return <><PageHead title={name} /><Failed error={query.error} retry={() => void query.refetch()} /></>;
  const one = query.data;
  return (
    <>
      <PageHead title={<><Link to="/projects" className="font-normal text-soft hover:text-ink">Projects /</Link> {name}</>}>
        <Link to="/threads" search={{ project: name } as never} className="text-[13px] text-accent-ink hover:underline">Threads</Link>
      </PageHead>
      {one && (
        <dl className="flex flex-wrap gap-x-6 gap-y-1 border-b border-line px-4 py-2.5 text-xs">
          {(
            [
              ['Repository', one.repository ?? one.localPath ?? 'none'],
              ['Base', one.baseBranch],
              ['Permission', one.permission ?? 'ask'],
              ['When lost', one.onLost],
              ['At once', one.maxSessions ?? 'no limit'],
            ] as [string, string | null][]
          ).filter(([, value]) => value).map(([label, value]) => <div key={label} className="flex min-w-0 gap-2"><dt className="text-faint">{label}</dt><dd className="truncate">{value}</dd></div>)}
        </dl>
      )}
      <div className="min-h-0 flex-1 overflow-y-auto"><SessionList filter={{ project: name }} empty="No session of this project yet" onOpen={(opened) => show(opened.id)} /></div>
      {session && <SessionDrawer key={session} id={session} onClose={() => show()} conversation={(thread) => <Conversation thread={thread} />} />}
    </>
  );
}
