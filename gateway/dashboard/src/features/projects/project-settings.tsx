import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, Problem, unwrap } from '@/shared/api/client';
import type { Project } from '@/shared/api/queries';
import { Field, Toggle } from '@/shared/ui/forms';
import { Button, field, Told } from '@/shared/ui/kit';
import { type Draft, draftOf, patchOf } from './project-patch';

const input = `${field} h-9`;

/** Everything that a project says for its threads. Only what was touched is sent, and only if nobody was faster. */
export function ProjectSettings({ project }: { project: Project }) {
  // What the form began with: a change that comes in meanwhile must not be undone by it.
  const [seen, setSeen] = useState(project);
  const [draft, setDraft] = useState(() => draftOf(project));
  const client = useQueryClient();
  const set = (change: Partial<Draft>) => setDraft((now) => ({ ...now, ...change }));
  const begin = (one: Project) => {
    setSeen(one);
    setDraft(draftOf(one));
  };
  const patch = patchOf(draftOf(seen), draft);
  const touched = Object.keys(patch).length > 0;
  const save = useMutation({
    mutationFn: () =>
      unwrap(
        api.PATCH('/api/projects/{idOrName}', {
          params: { path: { idOrName: seen.id }, header: { 'If-Match': `"${seen.version}"` } },
          body: patch,
        }),
      ) as Promise<Project>,
    onSuccess: (saved) => {
      begin(saved);
      client.setQueryData(['projects', saved.name], saved);
      void client.invalidateQueries({ queryKey: ['projects'] });
    },
    onError: () => client.invalidateQueries({ queryKey: ['projects'] }),
  });
  const overtaken = project.version > seen.version;
  const refused = save.error instanceof Problem && save.error.status === 412;
  return (
    <form
      aria-label="Settings"
      className="max-w-3xl"
      onSubmit={(event) => {
        event.preventDefault();
        if (touched) save.mutate();
      }}
    >
      <div className="grid gap-x-6 gap-y-5 p-4 sm:grid-cols-2 sm:p-6">
        <Heading name="Where it works" />
        <Field wide label="Repository" hint="What git clone takes. Empty: an empty folder for each thread.">
          <input value={draft.repository} onChange={(event) => set({ repository: event.target.value })} placeholder="https://git.example.org/team/shop.git" className={input} spellCheck={false} />
        </Field>
        <Field label="Base" hint="Branch, tag or commit that new branches start from.">
          <input value={draft.baseBranch} onChange={(event) => set({ baseBranch: event.target.value })} placeholder="default branch" className={input} spellCheck={false} />
        </Field>
        <Field label="Local checkout" hint="Used as it is on the machine that runs, instead of worktrees.">
          <input value={draft.localPath} onChange={(event) => set({ localPath: event.target.value })} placeholder="none" className={input} spellCheck={false} />
        </Field>
        <Field wide label="Set-up command" hint="bash -c runs it once in each new worktree, before any engine. A run whose set-up fails, fails.">
          <textarea rows={3} value={draft.setup} onChange={(event) => set({ setup: event.target.value })} placeholder="npm ci" className={`${field} resize-y font-mono text-xs`} spellCheck={false} />
        </Field>
        <Toggle label="Push checkpoints" hint={<>Under <code className="font-mono">refs/heddle/checkpoints</code> of the remote, so that a thread can go on from its files on another machine.</>} checked={draft.pushCheckpoints} onChange={(pushCheckpoints) => set({ pushCheckpoints })} />

        <Heading name="What it may do" />
        <Field label="Permission" hint="What engines may do without asking, where a thread says nothing.">
          <select value={draft.permission} onChange={(event) => set({ permission: event.target.value })} className={input}>
            <option value="">As the person says; ask otherwise</option>
            <option value="plan">Plan only</option>
            <option value="ask">Ask first</option>
            <option value="edit">May edit</option>
            <option value="full">May do all</option>
          </select>
        </Field>
        <Field label="Sessions at once" hint="How many may run together. Empty: no limit.">
          <input type="number" min={1} inputMode="numeric" value={draft.maxSessions} onChange={(event) => set({ maxSessions: event.target.value })} placeholder="no limit" className={input} />
        </Field>
        <Field label="Budget in tokens" hint="Input and output of all its threads together.">
          <input type="number" min={1} inputMode="numeric" value={draft.budgetTokens} onChange={(event) => set({ budgetTokens: event.target.value })} placeholder="no limit" className={input} />
        </Field>
        <Field label="Budget in US dollars" hint="As far as engines tell what they cost.">
          <input type="number" min={0} step="any" inputMode="decimal" value={draft.budgetCostUsd} onChange={(event) => set({ budgetCostUsd: event.target.value })} placeholder="no limit" className={input} />
        </Field>

        <Heading name="When a machine is lost" />
        <Field label="A run that had started" hint="Resume goes on in the same conversation; rerun begins again; hold waits for you.">
          <select value={draft.onLost} onChange={(event) => set({ onLost: event.target.value })} className={input}>
            <option value="resume">Resume</option>
            <option value="rerun">Run again</option>
            <option value="hold">Hold</option>
          </select>
        </Field>
        <Field label="Wait for the machine, in seconds" hint="For how long threads wait for the machine that has their state. Empty: 30.">
          <input type="number" min={0} max={86400} inputMode="numeric" value={draft.machineWaitSeconds} onChange={(event) => set({ machineWaitSeconds: event.target.value })} placeholder="30" className={input} />
        </Field>
      </div>
      <div className="sticky bottom-0 flex flex-wrap items-center gap-3 border-t border-line bg-page px-4 py-3 sm:px-6">
        <div className="min-w-0 flex-1 text-[13px]" aria-live="polite">
          {overtaken || refused ? (
            <span className="text-warn">Someone else changed this project meanwhile. <button type="button" className="text-accent-ink underline" onClick={() => { save.reset(); begin(project); }}>Take their version</button></span>
          ) : save.error ? (
            <Told error={save.error} />
          ) : touched ? (
            <span className="text-soft">Not saved yet</span>
          ) : save.isSuccess ? (
            <span className="text-soft">Saved. New sessions go by it.</span>
          ) : null}
        </div>
        <Button look="quiet" disabled={!touched} onClick={() => { save.reset(); begin(project); }}>Discard</Button>
        <Button look="primary" type="submit" disabled={!touched || overtaken} busy={save.isPending}>Save</Button>
      </div>
    </form>
  );
}

function Heading({ name }: { name: string }) {
  return <h2 className="border-b border-line pb-2 text-sm font-semibold sm:col-span-2 [&:not(:first-child)]:mt-3">{name}</h2>;
}
