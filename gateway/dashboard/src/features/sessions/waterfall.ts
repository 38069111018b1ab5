import type { Event } from './event-store';

export type Tone = 'wait' | 'prepare' | 'run' | 'tool' | 'ask' | 'message' | 'bad' | 'mark';

/** Something that took time within a session, or a moment of it. */
export interface Span {
  key: string;
  name: string;
  detail?: string;
  tone: Tone;
  /** How far it is nested: within its attempt, within the engine's run. */
  depth: number;
  /** In ms since the epoch; the same for a moment. */
  from: number;
  /** Absent while it goes on. */
  to?: number;
  attempt: number;
  failed: boolean;
  /** The event that it began with. */
  event: string;
}

const OVER = new Set(['completed', 'failed', 'cancelled']);
const STATUS_TONE: Record<string, Tone> = { queued: 'wait', claimed: 'prepare', waiting: 'ask' };
const MAX_MARKS = 500;

/**
 * Folds a session's events into spans, in the order in which they began. A span that its own end
 * does not close (a lost attempt, say) is closed by the end of its attempt.
 */
export function spansOf(events: readonly Event[]): Span[] {
  const spans: Span[] = [];
  const open = new Map<string, Span>();
  const marks = { count: 0 };
  // What services tell is of no attempt by itself: it belongs to the one that there is.
  let attempt = 1;

  const start = (key: string, at: number, event: Event, span: Pick<Span, 'name' | 'tone' | 'depth'> & Partial<Span>) => {
    if (open.has(key)) return;
    const made: Span = { failed: false, ...span, key: `${key}:${event.id}`, from: at, attempt, event: event.id };
    spans.push(made);
    open.set(key, made);
  };
  const end = (key: string, at: number, failed = false) => {
    const span = open.get(key);
    if (!span) return;
    span.to = Math.max(span.from, at);
    span.failed ||= failed;
    open.delete(key);
  };
  const mark = (at: number, event: Event, span: Pick<Span, 'name' | 'tone'> & Partial<Span>) => {
    if (++marks.count > MAX_MARKS) return;
    spans.push({ depth: 1, failed: false, ...span, key: event.id, from: at, to: at, attempt, event: event.id });
  };
  const endAll = (at: number) => {
    for (const key of [...open.keys()]) if (key !== 'status') end(key, at);
  };

  for (const event of events) {
    const at = Date.parse(event.at);
    const body = event.body as { kind: string } & Record<string, unknown>;
    attempt = Math.max(attempt, event.attempt, typeof body.attempt === 'number' ? body.attempt : 0);
    const own = `${attempt}`;
    switch (body.kind) {
      case 'session.status': {
        const status = String(body.status);
        end('status', at, status === 'failed');
        end(`phase:${own}`, at);
        if (OVER.has(status)) {
          endAll(at);
          mark(at, event, { name: status, detail: body.reason as string | undefined, tone: status === 'failed' ? 'bad' : 'mark', depth: 0, failed: status === 'failed' });
        } else {
          if (status === 'queued') endAll(at);
          start('status', at, event, { name: status, detail: (body.reason ?? body.machine) as string | undefined, tone: STATUS_TONE[status] ?? 'run', depth: 0 });
        }
        break;
      }
      case 'session.phase':
        end(`phase:${own}`, at);
        start(`phase:${own}`, at, event, { name: String(body.phase), detail: body.detail as string | undefined, tone: 'prepare', depth: 1 });
        break;
      case 'engine.started':
        end(`phase:${own}`, at);
        start(`engine:${own}`, at, event, { name: `engine ${body.engine}`, detail: body.version as string | undefined, tone: 'run', depth: 1 });
        break;
      case 'engine.exited': {
        const failed = typeof body.exitCode === 'number' && body.exitCode !== 0;
        if (failed) {
          const span = open.get(`engine:${own}`);
          if (span) span.detail = `exit code ${body.exitCode}`;
        }
        end(`engine:${own}`, at, failed);
        break;
      }
      case 'tool': {
        const key = `tool:${own}:${body.toolId}`;
        start(key, at, event, { name: String(body.title || body.name || 'tool'), detail: body.title ? (body.name as string | undefined) : undefined, tone: 'tool', depth: 2 });
        if (body.status !== 'running') end(key, at, body.status === 'failed');
        break;
      }
      case 'message': {
        const key = `message:${own}:${body.messageId}`;
        start(key, at, event, { name: `${body.role} message`, detail: typeof body.text === 'string' ? body.text.slice(0, 120) : undefined, tone: 'message', depth: 2 });
        if (body.status !== 'streaming' && body.status !== 'pending') end(key, at, body.status === 'failed');
        break;
      }
      case 'approval.requested':
        start(`ask:${body.approvalId}`, at, event, { name: `${body.asks}: ${body.title}`, tone: 'ask', depth: 2 });
        break;
      case 'approval.decided':
      case 'approval.closed':
        end(`ask:${body.approvalId}`, at);
        break;
      case 'error': {
        const failure = body.failure as { code?: string; message?: string } | undefined;
        mark(at, event, { name: failure?.code ?? 'error', detail: failure?.message, tone: 'bad', failed: true });
        break;
      }
      case 'notice':
        mark(at, event, { name: 'notice', detail: body.text as string | undefined, tone: body.level === 'warning' ? 'bad' : 'mark' });
        break;
    }
  }
  // Two services write one log: what began first may stand second in it.
  return spans.sort((a, b) => a.attempt - b.attempt || a.from - b.from);
}

/** From when to when, with an end where it is not over. Never empty, so that it can be divided by. */
export function extent(spans: readonly Span[], now: number): { from: number; to: number } {
  const from = spans.reduce((least, span) => Math.min(least, span.from), Infinity);
  const to = spans.reduce((most, span) => Math.max(most, span.to ?? now), -Infinity);
  return Number.isFinite(from) ? { from, to: Math.max(to, from + 1) } : { from: now, to: now + 1 };
}
