import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { FolderGit2, Plus } from 'lucide-react';
import { useState } from 'react';
import { api, idempotent, unwrap } from '@/shared/api/client';
import { projects as projectsQuery } from '@/shared/api/queries';
import { Ago, Button, Dialog, Empty, Failed, field, PageHead, Skeleton, Told, useRowKeys } from '@/shared/ui/kit';

export function ProjectsPage() {
  const query = useQuery(projectsQuery);
  const keys = useRowKeys();
  const [making, setMaking] = useState(false);
  return (
    <>
      <PageHead title="Projects"><Button onClick={() => setMaking(true)}><Plus className="size-3.5" aria-hidden />New project</Button></PageHead>
      <div className="min-h-0 flex-1 overflow-y-auto" onKeyDown={keys}>
        {query.error && !query.data ? (
          <Failed error={query.error} retry={() => void query.refetch()} />
        ) : query.isPending ? (
          <Skeleton rows={4} />
        ) : query.data.length === 0 ? (
          <Empty icon={FolderGit2} title="No projects yet">A project is a name, and mostly a repository that agents work on.</Empty>
        ) : (
          query.data.map((one) => (
            <Link key={one.id} data-row to="/projects/$name" params={{ name: one.name }} className="flex h-11 items-center gap-3 border-b border-line px-4 text-[13px] hover:bg-hover focus-visible:bg-hover">
              <FolderGit2 className="size-4 shrink-0 text-soft" aria-hidden />
              <span className="shrink-0 font-medium">{one.name}</span>
              <span className="min-w-0 flex-1 truncate text-soft">{one.repository ?? one.localPath ?? 'no repository'}</span>
              {one.maxSessions && <span className="hidden shrink-0 text-xs text-soft sm:inline">at most {one.maxSessions} at once</span>}
              <Ago at={one.createdAt} />
            </Link>
          ))
        )}
      </div>
      <Dialog open={making} onClose={() => setMaking(false)} label="New project"><NewProject onDone={() => setMaking(false)} /></Dialog>
    </>
  );
}

function NewProject({ onDone }: { onDone: () => void }) {
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [repository, setRepository] = useState('');
  const make = useMutation({
    mutationFn: () => unwrap(api.POST('/api/projects', { params: { header: idempotent() }, body: { name, ...(repository && { repository }) } })),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['projects'] });
      onDone();
    },
  });
  return (
    <form className="space-y-3 p-4" onSubmit={(event) => { event.preventDefault(); make.mutate(); }}>
      <h2 className="text-[13px] font-medium text-soft">New project</h2>
      <input autoFocus required aria-label="Name" placeholder="Name" value={name} onChange={(event) => setName(event.target.value)} className={`${field} h-9`} />
      <input aria-label="Repository" placeholder="What git clone takes; empty for an empty folder" value={repository} onChange={(event) => setRepository(event.target.value)} className={`${field} h-9`} />
      <Told error={make.error} />
      <div className="flex justify-end gap-2"><Button look="quiet" onClick={onDone}>Cancel</Button><Button look="primary" type="submit" busy={make.isPending}>Create</Button></div>
    </form>
  );
}
