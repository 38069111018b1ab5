import { useState } from 'react';
import { Copyable, Field } from '@/shared/ui/forms';
import { field } from '@/shared/ui/kit';

/** What a shell takes as one word, whatever is in it. */
export const quoted = (text: string) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

/** The command that adds a machine, from what is known of it. */
export function workCommand({ broker, pool, label, slots }: { broker: string; pool: string; label: string; slots: string }): string {
  const options: [string, string][] = [['--bootstrap-servers', broker.trim() || 'BROKER:9092'], ['--pool', pool.trim()], ['--slots', slots.trim()]];
  const labels: [string, string][] = label.split(/[\s,]+/).filter(Boolean).map((one) => ['--label', one]);
  return ['./heddle work', ...[...options, ...labels].filter(([, value]) => value).map(([name, value]) => `${name} ${quoted(value)}`)].join(' ');
}

export function AddMachine() {
  const [machine, setMachine] = useState({ broker: '', pool: '', label: '', slots: '' });
  const set = (name: keyof typeof machine) => (event: React.ChangeEvent<HTMLInputElement>) => setMachine({ ...machine, [name]: event.target.value });
  return (
    <section aria-label="Add a machine" className="max-w-3xl space-y-4 p-4 sm:p-6">
      <div className="space-y-1">
        <h2 className="text-sm font-semibold">Add a machine</h2>
        <p className="text-[13px] leading-relaxed text-soft">On a machine with a checkout of Heddle, a JDK 25 and git, that can reach the Kafka broker under the names it gives itself. It registers by itself, and keeps running until you stop it.</p>
      </div>
      <div className="grid grid-cols-2 gap-3 sm:grid-cols-4">
        <Field label="Broker"><input value={machine.broker} onChange={set('broker')} placeholder="kafka:9092" className={`${field} h-9`} spellCheck={false} /></Field>
        <Field label="Pool"><input value={machine.pool} onChange={set('pool')} placeholder="default" className={`${field} h-9`} spellCheck={false} /></Field>
        <Field label="Slots"><input type="number" min={1} value={machine.slots} onChange={set('slots')} placeholder="4" className={`${field} h-9`} /></Field>
        <Field label="Labels"><input value={machine.label} onChange={set('label')} placeholder="gpu=yes" className={`${field} h-9`} spellCheck={false} /></Field>
      </div>
      <Copyable label="the command" text={workCommand(machine)} />
    </section>
  );
}
