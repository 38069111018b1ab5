import { createParser } from 'eventsource-parser';

export interface StreamEvent {
  id?: string;
  event?: string;
  data: string;
}

export type StreamState = 'connecting' | 'live' | 'behind' | 'signed-out';

interface Options {
  url: string;
  /** The last event that is known; the stream goes on after it. */
  after?: string;
  onEvent(event: StreamEvent): void;
  onState(state: StreamState): void;
  fetch?: typeof fetch;
  /** How long to wait before the nth attempt in a row that failed, in ms. */
  delay?(attempt: number): number;
}

/** The gateway sends something at least every 15 s; a longer silence is a dead connection. */
const SILENCE_MS = 40_000;

/**
 * Reads server-sent events and comes back after each break with the last id that it has. Unlike the
 * browser's own EventSource it can begin in the middle, and tells when it is behind.
 */
export function openStream(options: Options): () => void {
  const { url, onEvent, onState } = options;
  const get = options.fetch ?? fetch;
  const delay = options.delay ?? ((n) => Math.min(10_000, 300 * 2 ** n) * (0.75 + Math.random() / 2));
  let last = options.after;
  let attempt = 0;
  let closed = false;
  let abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const later = () => {
    if (closed) return;
    onState('behind');
    timer = setTimeout(connect, delay(attempt++));
  };

  async function connect() {
    if (closed) return;
    clearTimeout(timer);
    abort = new AbortController();
    const mine = abort;
    let watch = setTimeout(() => mine.abort(), SILENCE_MS);
    try {
      const answer = await get(url, {
        headers: { Accept: 'text/event-stream', ...(last ? { 'Last-Event-ID': last } : {}) },
        signal: mine.signal,
      });
      if (answer.status === 401) {
        onState('signed-out');
        return;
      }
      if (!answer.ok || !answer.body) return later();
      onState('live');
      const parser = createParser({
        onEvent(event) {
          attempt = 0;
          if (event.id !== undefined) last = event.id;
          onEvent(event);
        },
      });
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done || closed) break;
        clearTimeout(watch);
        watch = setTimeout(() => mine.abort(), SILENCE_MS);
        parser.feed(value);
      }
    } catch {
      // A broken connection; what is missing comes with the next one.
    } finally {
      clearTimeout(watch);
    }
    later();
  }

  const online = () => {
    attempt = 0;
    abort.abort();
    if (timer) {
      clearTimeout(timer);
      void connect();
    }
  };
  // An open connection is not ended by the browser when the network goes: nothing comes on it any more.
  const offline = () => abort.abort();
  if (typeof window !== 'undefined') {
    window.addEventListener('online', online);
    window.addEventListener('offline', offline);
  }
  onState('connecting');
  void connect();
  return () => {
    closed = true;
    clearTimeout(timer);
    abort.abort();
    if (typeof window !== 'undefined') {
      window.removeEventListener('online', online);
      window.removeEventListener('offline', offline);
    }
  };
}
