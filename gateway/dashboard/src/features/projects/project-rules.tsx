import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { ShieldCheck, ShieldX, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { api, idempotent, unwrap } from '@/shared/api/client';
import { type Project, rules as rulesQuery } from '@/shared/api/queries';
import { bareField, Button, Failed, More, Skeleton, Told } from '@/shared/ui/kit';

/** What is decided without a person, for every thread of the project. */
export function ProjectRules({ project }: { project: Project }) {
  const query = useInfiniteQuery(rulesQuery(project.id));
  const client = useQueryClient();
  const again = () => client.invalidateQueries({ queryKey: ['rules'] });
  const remove = useMutation({ mutationFn: (id: string) => unwrap(api.DELETE('/api/rules/{id}', { params: { path: { id } } })), onSettled: again });
  return (
    <section aria-label="Permission rules" className="max-w-3xl space-y-3 border-t border-line p-4 sm:p-6">
      <h2 className="text-sm font-semibold">Permission rules</h2>
      <p className="text-[13px] leading-relaxed text-soft">
        A rule answers for you when an engine asks. <code className="font-mono">*</code> stands for any text, <code className="font-mono">?</code> for one character; of two that match, deny counts.
      </p>
      {query.error && !query.data ? (
        <Failed error={query.error} retry={() => void query.refetch()} />
      ) : query.isPending ? (
        <Skeleton rows={2} />
      ) : query.data.length === 0 ? (
        <p className="rounded-md border border-dashed border-line px-4 py-5 text-center text-[13px] text-soft">No rule yet: engines ask a person, as the permission above says.</p>
      ) : (
        <ul className="overflow-hidden rounded-md border border-line">
          {query.data.map((rule) => (
            <li key={rule.id} className="flex items-center gap-3 border-b border-line px-3 py-2 text-[13px] last:border-b-0">
              {rule.decision === 'allow' ? <ShieldCheck className="size-4 shrink-0 text-good" aria-hidden /> : <ShieldX className="size-4 shrink-0 text-bad" aria-hidden />}
              <span className="w-12 shrink-0 first-letter:uppercase">{rule.decision}</span>
              <code className="shrink-0 font-mono text-xs">{rule.tool}</code>
              <code className="min-w-0 flex-1 truncate font-mono text-xs text-soft" title={rule.pattern}>{rule.pattern}</code>
              <span className="hidden shrink-0 text-xs text-soft sm:inline">{rule.createdBy}</span>
              <Button look="quiet" className="w-8 px-0!" aria-label={`Remove the rule for ${rule.tool} ${rule.pattern}`} busy={remove.isPending && remove.variables === rule.id} onClick={() => remove.mutate(rule.id)}>
                <Trash2 className="size-3.5" aria-hidden />
              </Button>
            </li>
          ))}
          <More query={query} />
        </ul>
      )}
      <Told error={remove.error} />
      <NewRule project={project.id} onMade={again} />
    </section>
  );
}

function NewRule({ project, onMade }: { project: string; onMade: () => unknown }) {
  const [tool, setTool] = useState('');
  const [pattern, setPattern] = useState('');
  const [decision, setDecision] = useState<'allow' | 'deny'>('allow');
  const make = useMutation({
    mutationFn: () =>
      unwrap(api.POST('/api/rules', { params: { header: idempotent() }, body: { scope: 'project', project, tool: tool.trim(), ...(pattern && { pattern }), decision } })),
    onSuccess: () => {
      setTool('');
      setPattern('');
      void onMade();
    },
  });
  return (
    <form className="flex flex-wrap items-center gap-2" onSubmit={(event) => { event.preventDefault(); make.mutate(); }}>
      <select aria-label="Decision" value={decision} onChange={(event) => setDecision(event.target.value as 'allow' | 'deny')} className={`${bareField} h-8 py-0`}>
        <option value="allow">Allow</option>
        <option value="deny">Deny</option>
      </select>
      <input required aria-label="Tool" placeholder="Tool, such as Bash" value={tool} onChange={(event) => setTool(event.target.value)} className={`${bareField} h-8 w-44`} />
      <input aria-label="Pattern of its input" placeholder="Input, such as git status*" value={pattern} onChange={(event) => setPattern(event.target.value)} className={`${bareField} h-8 min-w-40 flex-1`} />
      <Button type="submit" disabled={!tool.trim()} busy={make.isPending}>Add rule</Button>
      <Told error={make.error} />
    </form>
  );
}
