import { useQuery } from '@tanstack/react-query';
import { type Project, projectUsage } from '@/shared/api/queries';
import { Meter } from '@/shared/ui/forms';
import { count, money } from '@/shared/ui/format';

/** What the project is, and what it has spent of what it may. */
export function ProjectFacts({ project }: { project: Project }) {
  const spent = useQuery(projectUsage(project.name)).data;
  const tokens = spent ? spent.inputTokens + spent.outputTokens : 0;
  const facts: [string, string | null | undefined][] = [
    ['Repository', project.repository ?? project.localPath ?? 'none'],
    ['Base', project.baseBranch],
    ['Permission', project.permission ?? 'ask'],
    ['When lost', project.onLost],
    ['At once', project.maxSessions ? String(project.maxSessions) : 'no limit'],
    ['Spent', spent ? `${count(tokens)} tokens${typeof spent.costUsd === 'number' ? `, ${money(spent.costUsd)}` : ''}` : null],
  ];
  return (
    <div className="flex flex-wrap items-center gap-x-8 gap-y-3 border-b border-line px-4 py-3">
      <dl className="flex min-w-0 flex-wrap gap-x-6 gap-y-1.5 text-xs">
        {facts.filter(([, value]) => value).map(([label, value]) => (
          <div key={label} className="flex min-w-0 gap-2"><dt className="shrink-0 text-faint">{label}</dt><dd className="truncate text-ink">{value}</dd></div>
        ))}
      </dl>
      {spent && project.budget?.tokens && <Meter label="Budget, tokens" used={tokens} limit={project.budget.tokens} text={`${count(tokens)} of ${count(project.budget.tokens)}`} />}
      {spent && typeof project.budget?.costUsd === 'number' && <Meter label="Budget, US dollars" used={spent.costUsd ?? 0} limit={project.budget.costUsd} text={`${money(spent.costUsd ?? 0)} of ${money(project.budget.costUsd)}`} />}
    </div>
  );
}
