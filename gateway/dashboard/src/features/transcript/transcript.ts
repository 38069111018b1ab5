import type { Schemas } from '@/shared/api/client';

/** An item with what else there is of its kind. */
export type Item = Schemas['TranscriptItem'] & {
  open?: boolean;
  messageId?: string;
  toolId?: string;
  name?: string;
  tool?: string;
  title?: string;
  input?: string;
  output?: string;
  diff?: string;
  exitCode?: number;
  reason?: string;
  machine?: string;
  code?: string;
  level?: string;
  asks?: string;
  approvalId?: string;
  answer?: string;
  by?: string;
  stream?: string;
  truncated?: boolean;
};

type Body = Schemas['TraceBody'] | { kind: 'unreadable' };

export type TraceEvent = Omit<Schemas['EventItem'], 'body'> & { body: Body };

/**
 * The transcript as it stands. It is never changed: each event makes another one, in which items
 * that did not change are the same objects.
 */
export interface Transcript {
  order: readonly string[];
  items: Readonly<Record<string, Item>>;
  /** The highest number of each attempt and origin that is in it. */
  seen: Readonly<Record<string, number>>;
}

export const EMPTY: Transcript = { order: [], items: {}, seen: {} };

/** As much of a growing text as the server keeps, in UTF-16 units. */
const MOST_TEXT = 256 * 1024;
const OVER = new Set(['completed', 'failed', 'cancelled']);

export function loaded(items: readonly Item[]): Transcript {
  return {
    order: items.map((item) => item.id),
    items: Object.fromEntries(
      items.map((item) => [item.id, { ...item, open: item.kind === 'typing' || item.status === 'running' || item.status === 'pending' }]),
    ),
    seen: {},
  };
}

class Draft {
  private order: string[];
  private readonly items: Record<string, Item>;
  private readonly seen: Record<string, number>;

  constructor(before: Transcript) {
    this.order = [...before.order];
    this.items = { ...before.items };
    this.seen = { ...before.seen };
  }

  done(): Transcript {
    return { order: this.order, items: this.items, seen: this.seen };
  }

  /** Numbers of one attempt and origin rise without a gap, so one that was passed is a repetition. */
  private isNew(event: TraceEvent): boolean {
    const key = `${event.sessionId}:${event.attempt}:${event.origin}`;
    if (event.seq <= (this.seen[key] ?? -1)) return false;
    this.seen[key] = event.seq;
    return true;
  }

  private put(event: TraceEvent, id: string, kind: string, changes: Partial<Item>) {
    const before = this.items[id];
    if (!before) this.order.push(id);
    this.items[id] = {
      ...(before ?? { id, kind, at: event.at, sessionId: event.sessionId, attempt: event.attempt }),
      ...Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined && value !== null)),
    } as Item;
  }

  private drop(test: (item: Item) => boolean) {
    const gone = new Set(this.order.filter((id) => test(this.items[id] as Item)));
    if (gone.size === 0) return;
    gone.forEach((id) => delete this.items[id]);
    this.order = this.order.filter((id) => !gone.has(id));
  }

  private dropLabels(session: string) {
    this.drop((item) => item.sessionId === session && item.transient === true);
  }

  /** What an attempt left open ends with it. */
  private close(session: string, how: string) {
    for (const id of this.order) {
      const item = this.items[id] as Item;
      if (item.sessionId !== session || !item.open || item.transient) continue;
      if (item.kind === 'typing') this.items[id] = { ...item, kind: 'message', status: how, open: false };
      else if (item.kind === 'tool') this.items[id] = { ...item, status: 'cancelled', open: false };
    }
  }

  private append(event: TraceEvent, id: string, kind: string, text: string, more: Partial<Item>) {
    const before = this.items[id]?.text ?? '';
    this.put(event, id, kind, { ...more, open: true, text: before.length < MOST_TEXT ? before + text : before });
  }

  apply(event: TraceEvent) {
    if (!this.isNew(event)) return;
    const body = event.body;
    const own = `${event.sessionId}:${event.attempt}:${event.origin}:${event.seq}`;
    switch (body.kind) {
      case 'session.status':
        return this.status(event, own, body);
      case 'session.phase':
        this.dropLabels(event.sessionId);
        return this.put(event, own, 'marker', { status: body.phase, reason: body.detail, transient: true });
      case 'engine.started':
        return this.dropLabels(event.sessionId);
      case 'message': {
        const typed = this.items[body.messageId];
        const keeps = typed?.kind === 'typing' && body.status !== 'completed' && !body.text;
        return this.put(event, body.messageId, 'message', {
          kind: 'message', role: body.role, status: body.status, messageId: body.messageId, open: false,
          text: keeps ? undefined : body.text, truncated: body.truncated,
        });
      }
      case 'engine.output': {
        const line = body.more ? body.text : `${body.text}\n`;
        if (!body.messageId) {
          return this.append(event, `output:${event.sessionId}:${event.attempt}:${body.stream}`, 'output', line, { stream: body.stream });
        }
        if (this.items[body.messageId]?.kind === 'message') return;
        return this.append(event, body.messageId, 'typing', line, { role: 'assistant', messageId: body.messageId });
      }
      case 'tool': {
        const id = `tool:${event.sessionId}:${event.attempt}:${body.toolId.slice(0, 200)}`;
        return this.put(event, id, 'tool', {
          toolId: body.toolId, name: body.name, title: body.title, input: body.input, output: body.output, diff: body.diff,
          exitCode: body.exitCode, status: body.status, open: body.status === 'running',
        });
      }
      case 'approval.requested':
        return this.put(event, `approval:${body.approvalId}`, 'approval', {
          approvalId: body.approvalId, status: 'pending', open: true, asks: body.asks, tool: body.tool, title: body.title,
          input: body.input, truncated: body.truncated,
        });
      case 'approval.decided':
      case 'approval.closed': {
        const id = `approval:${body.approvalId}`;
        if (this.items[id]?.status !== 'pending') return;
        const rest = body.kind === 'approval.decided' ? { by: body.by, answer: body.answer } : { reason: body.reason };
        const status = body.kind === 'approval.decided' ? body.verdict : body.expired ? 'expired' : 'withdrawn';
        return this.put(event, id, 'approval', { ...rest, status, open: false });
      }
      case 'notice':
        return this.put(event, own, 'notice', { text: body.text, level: body.level });
      case 'error': {
        const { failure } = body;
        return this.put(event, own, 'error', { text: failure.message, code: failure.code });
      }
      case 'unreadable':
        return this.put(event, own, 'unreadable', { text: '' });
    }
  }

  private status(event: TraceEvent, own: string, body: Schemas['TraceBody.StatusEntered']) {
    const session = event.sessionId;
    const { status, attempt } = body;
    const changes = { status, reason: body.reason, machine: body.machine };
    this.dropLabels(session);
    if (status === 'queued' || status === 'claimed') {
      if (status === 'queued' && attempt > 0) {
        this.close(session, 'failed');
        this.put(event, `${session}:${attempt}:lost`, 'marker', { ...changes, status: 'lost' });
      }
      return this.put(event, own, 'marker', { ...changes, transient: true });
    }
    if (OVER.has(status)) this.close(session, status);
    return this.put(event, own, 'marker', changes);
  }
}

/** With these events, in their order; one that is in it already changes nothing. */
export function fold(before: Transcript, events: readonly TraceEvent[]): Transcript {
  if (events.length === 0) return before;
  const draft = new Draft(before);
  events.forEach((event) => draft.apply(event));
  return draft.done();
}
