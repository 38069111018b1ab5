import { api, Problem, type Schemas, unwrap } from '@/shared/api/client';
import { openStream, type StreamState } from '@/shared/live/event-stream';

export type Event = Schemas['EventItem'];

export interface EventsView {
  events: Event[];
  state: 'loading' | StreamState;
  /** Whether there are more than are kept in memory. */
  cut: boolean;
  error?: Problem;
}

const PAGE = 1000;
/** More than that no one reads in a browser: what comes later is left out, and the page says so. */
export const MOST = 20_000;

/** Adds what is not there yet. An event that a broken connection sends again is no second event. */
export function append(had: Event[], more: Event[]): Event[] {
  const known = new Set(had.slice(-PAGE).map((event) => event.id));
  const added = more.filter((event) => !known.has(event.id) && known.add(event.id));
  return added.length === 0 ? had : [...had, ...added].slice(0, MOST);
}

/** A session's raw events from the first on, then live. What comes within a frame is shown once. */
export class EventStore {
  private view: EventsView = { events: [], state: 'loading', cut: false };
  private waiting: Event[] = [];
  private frame = 0;
  private run = 0;
  private close: () => void = () => {};
  private readonly listeners = new Set<() => void>();

  constructor(private readonly session: string) {}

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

  private set(change: Partial<EventsView>) {
    this.view = { ...this.view, ...change };
    this.listeners.forEach((listener) => listener());
  }

  private async load() {
    const run = ++this.run;
    this.set({ error: undefined, state: 'loading' });
    try {
      let events: Event[] = [];
      let after: string | undefined;
      for (;;) {
        const part = await unwrap(api.GET('/api/sessions/{id}/events', { params: { path: { id: this.session }, query: { after, limit: PAGE, order: 'asc' } } }));
        if (run !== this.run) return;
        events = append(events, part.items);
        after = part.items.at(-1)?.id ?? after;
        if (part.items.length < PAGE || events.length >= MOST) break;
      }
      const cut = events.length >= MOST;
      this.set({ events, cut });
      if (cut) this.set({ state: 'live' });
      else this.follow(after);
    } catch (error) {
      if (run === this.run) this.set({ error: error instanceof Problem ? error : new Problem('unknown', 0, String(error)) });
    }
  }

  private follow(after?: string) {
    this.close = openStream({
      url: `/api/sessions/${encodeURIComponent(this.session)}/stream`,
      after,
      onState: (state) => this.set({ state }),
      onEvent: (event) => {
        if (event.event === 'reset') {
          this.retry();
          return;
        }
        this.waiting.push(JSON.parse(event.data) as Event);
        this.frame ||= requestAnimationFrame(() => {
          this.frame = 0;
          const more = this.waiting;
          this.waiting = [];
          const events = append(this.view.events, more);
          this.set({ events, cut: events.length >= MOST });
        });
      },
    });
  }
}
