import { useInfiniteQuery } from '@tanstack/react-query';
import { Play } from 'lucide-react';
import { type Session, type SessionFilter, sessions } from '@/shared/api/queries';
import { Empty, Failed, More, Skeleton, useRowKeys } from '@/shared/ui/kit';
import { SessionRow } from './session-row';

export function SessionList({ filter, onOpen, empty, hint }: { filter: SessionFilter; onOpen: (session: Session) => void; empty: string; hint?: string }) {
  const query = useInfiniteQuery(sessions(filter));
  const keys = useRowKeys();
  if (query.error && !query.data) return <Failed error={query.error} retry={() => void query.refetch()} />;
  if (query.isPending) return <Skeleton />;
  if (query.data.length === 0) return <Empty icon={Play} title={empty}>{hint}</Empty>;
  return (
    <div onKeyDown={keys}>
      {query.data.map((session) => <SessionRow key={session.id} session={session} onOpen={onOpen} />)}
      <More query={query} />
    </div>
  );
}
