import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ShieldQuestion } from 'lucide-react';
import { useState } from 'react';
import { api, type Schemas, unwrap } from '@/shared/api/client';
import { type Approval, approval as approvalQuery } from '@/shared/api/queries';
import { Ago, Button, field, Told } from '@/shared/ui/kit';

type Decision = Schemas['DecisionRequest'];

/** What an engine asks, with every answer that it takes. `a` allows, `d` denies while it has the focus. */
export function ApprovalCard({ approval, link }: { approval: Approval; link?: React.ReactNode }) {
  const client = useQueryClient();
  const [words, setWords] = useState('');
  const decide = useMutation({
    mutationFn: (body: Decision) => unwrap(api.POST('/api/approvals/{id}/decision', { params: { path: { id: approval.id } }, body })),
    onSettled: () => client.invalidateQueries({ queryKey: ['approvals'] }),
  });
  const open = approval.state === 'pending' && !decide.isSuccess;
  const isQuestion = approval.kind === 'question';
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (!open || isQuestion || event.target !== event.currentTarget || event.metaKey || event.ctrlKey) return;
    if (event.key === 'a') decide.mutate({ decision: 'allowed' });
    if (event.key === 'd') decide.mutate({ decision: 'denied' });
  };
  return (
    <div
      data-row
      role="group"
      tabIndex={0}
      aria-label={approval.title}
      onKeyDown={onKeyDown}
      className="space-y-3 rounded-lg border border-warn/50 bg-raised p-3"
    >
      <div className="flex items-start gap-2">
        <ShieldQuestion className="mt-0.5 size-4 shrink-0 text-warn" aria-hidden />
        <div className="min-w-0 flex-1">
          <p className="text-[13px] font-medium break-words">{approval.title}</p>
          <p className="text-xs text-soft [&_a]:underline">
            {approval.tool && `${approval.tool} · `}{approval.engine}{approval.machine && ` on ${approval.machine}`} {link}
          </p>
        </div>
        <Ago at={approval.askedAt} />
      </div>
      {approval.input && (
        <pre tabIndex={0} role="region" aria-label="What it wants to do" className="max-h-56 overflow-auto rounded-md bg-side px-3 py-2 font-mono text-xs break-words whitespace-pre-wrap">{approval.input}</pre>
      )}
      {open ? (
        <>
          {(approval.freeText || !isQuestion) && (
            <input
              aria-label={isQuestion ? 'Answer' : 'Word to the agent'}
              placeholder={isQuestion ? 'Your answer' : 'A word to the agent, if you like'}
              value={words}
              onChange={(event) => setWords(event.target.value)}
              onKeyDown={(event) => {
                if (event.key === 'Enter' && isQuestion && words) decide.mutate({ answer: words });
              }}
              className={field}
            />
          )}
          <div className="flex flex-wrap gap-2">
            {approval.options.map((option) => (
              <Button
                key={option.id}
                look={option.kind?.startsWith('allow') ? 'primary' : option.kind?.startsWith('reject') ? 'danger' : 'plain'}
                busy={decide.isPending}
                onClick={() => decide.mutate({ optionId: option.id, ...(words && !isQuestion ? { message: words } : {}) })}
              >
                {option.label ?? option.id}
              </Button>
            ))}
            {!isQuestion && approval.options.length === 0 && (
              <>
                <Button look="primary" busy={decide.isPending} onClick={() => decide.mutate({ decision: 'allowed', ...(words ? { message: words } : {}) })}>Allow</Button>
                <Button look="danger" busy={decide.isPending} onClick={() => decide.mutate({ decision: 'denied', ...(words ? { message: words } : {}) })}>Deny</Button>
              </>
            )}
            {isQuestion && approval.freeText && (
              <Button look="primary" disabled={!words} busy={decide.isPending} onClick={() => decide.mutate({ answer: words })}>Answer</Button>
            )}
          </div>
          <Told error={decide.error} />
        </>
      ) : (
        <p className="text-xs text-soft">
          {approval.decision ? `${approval.decision.verdict} by ${approval.decision.by}` : decide.isSuccess ? 'Decided' : approval.state}
          {approval.reason && `: ${approval.reason}`}
        </p>
      )}
    </div>
  );
}

/** The same by its id, where only that is known. */
export function ApprovalById({ id, fallback }: { id: string; fallback: string }) {
  const query = useQuery(approvalQuery(id));
  return query.data ? <ApprovalCard approval={query.data} /> : <p className="text-[13px] text-soft">{fallback}</p>;
}
