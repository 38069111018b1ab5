import { api, type Problem, unwrap } from '@/shared/api/client';
import { openStream, type StreamState } from '@/shared/live/event-stream';
import { EMPTY, fold, type Item, loaded, type TraceEvent, type Transcript } from './transcript';

export interface TranscriptView {
  transcript: Transcript;
  state: 'loading' | StreamState;
  error?: Problem;
}

export type Of = { thread: string } | { session: string };

const PAGE = 500;

async function page(of: Of, cursor?: string) {
  const query = { limit: PAGE, ...(cursor ? { cursor } : {}) };
  return 'thread' in of
    ? unwrap(api.GET('/api/threads/{id}/transcript', { params: { path: { id: of.thread }, query } }))
    : unwrap(api.GET('/api/sessions/{id}/transcript', { params: { path: { id: of.session }, query } }));
}

/** Loads a transcript as it is, then follows it from exactly there. Events are folded once a frame. */
export class TranscriptStore {
  private view: TranscriptView = { transcript: EMPTY, state: 'loading' };
  private waiting: TraceEvent[] = [];
  private frame = 0;
  private close: () => void = () => {};
  private run = 0;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly of: Of) {}

  readonly snapshot = () => this.view;

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    if (this.listeners.size === 1) void this.load();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.stop();
    };
  };

  readonly retry = () => {
    this.stop();
    void this.load();
  };

  private stop() {
    this.run++;
    this.close();
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.waiting = [];
  }

  private set(change: Partial<TranscriptView>) {
    this.view = { ...this.view, ...change };
    this.listeners.forEach((listener) => listener());
  }

  private async load() {
    const run = ++this.run;
    this.set({ error: undefined, state: 'loading' });
    try {
      const items: Item[] = [];
      let cursor: string | undefined;
      let after: string;
      do {
        const part = await page(this.of, cursor);
        if (run !== this.run) return;
        items.push(...(part.items as Item[]));
        after = part.streamCursor;
        cursor = part.nextCursor ?? undefined;
      } while (cursor);
      this.set({ transcript: loaded(items) });
      this.follow(after);
    } catch (error) {
      if (run === this.run) this.set({ error: error as Problem });
    }
  }

  private follow(after: string) {
    const [kind, id] = 'thread' in this.of ? ['threads', this.of.thread] : ['sessions', this.of.session];
    this.close = openStream({
      url: `/api/${kind}/${encodeURIComponent(id)}/stream`,
      after,
      onState: (state) => this.set({ state }),
      onEvent: (event) => {
        if (event.event === 'reset') {
          this.retry();
          return;
        }
        this.waiting.push(JSON.parse(event.data) as TraceEvent);
        this.frame ||= requestAnimationFrame(() => this.flush());
      },
    });
  }

  private flush() {
    this.frame = 0;
    const events = this.waiting;
    this.waiting = [];
    this.set({ transcript: fold(this.view.transcript, events) });
  }
}
