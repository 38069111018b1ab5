import { describe, expect, it } from 'vitest';
import { openStream, type StreamEvent, type StreamState } from './event-stream';

/** A server whose every connection sends what it has, from the id asked for, in pieces cut anywhere. */
function server(events: string[], perConnection: number) {
  const asked: (string | null)[] = [];
  const fetch = async (_: unknown, init?: RequestInit) => {
    const last = new Headers(init?.headers).get('Last-Event-ID');
    asked.push(last);
    const from = last === null ? 0 : Number(last) + 1;
    const text = events
      .slice(from, from + perConnection)
      .map((data, n) => `id: ${from + n}\ndata: ${data}\n\n`)
      .join('');
    // The connection breaks in the middle of an event that the client must not take.
    const bytes = new TextEncoder().encode(`: open\n\n${text}id: 999\ndata: half`);
    return new Response(
      new ReadableStream({
        start(controller) {
          for (let at = 0; at < bytes.length; at += 7) controller.enqueue(bytes.slice(at, at + 7));
          controller.close();
        },
      }),
    );
  };
  return { asked, fetch: fetch as typeof globalThis.fetch };
}

function collect(wanted: number, options: { fetch: typeof fetch; after?: string }) {
  return new Promise<{ events: StreamEvent[]; states: StreamState[] }>((done) => {
    const events: StreamEvent[] = [];
    const states: StreamState[] = [];
    const close = openStream({
      url: '/s',
      ...options,
      delay: () => 0,
      onState: (state) => states.push(state),
      onEvent: (event) => {
        events.push(event);
        if (events.length === wanted) {
          close();
          done({ events, states });
        }
      },
    });
  });
}

describe('a stream that breaks', () => {
  const data = Array.from({ length: 40 }, (_, n) => `größe ${n}`);

  it('goes on with no gap and nothing twice', async () => {
    const { asked, fetch } = server(data, 3);
    const { events, states } = await collect(data.length, { fetch });
    expect(events.map((event) => event.data)).toEqual(data);
    expect(asked.slice(0, 3)).toEqual([null, '2', '5']);
    expect(states).toContain('behind');
  });

  it('begins after the event that is known', async () => {
    const { asked, fetch } = server(data, 100);
    const { events } = await collect(30, { fetch, after: '9' });
    expect(asked[0]).toBe('9');
    expect(events[0]?.data).toBe('größe 10');
  });

  it('stops where nobody is signed in', async () => {
    const states: StreamState[] = [];
    let calls = 0;
    await new Promise<void>((done) => {
      openStream({
        url: '/s',
        delay: () => 0,
        fetch: async () => {
          calls += 1;
          return new Response(null, { status: 401 });
        },
        onEvent: () => {},
        onState: (state) => {
          states.push(state);
          if (state === 'signed-out') done();
        },
      });
    });
    expect(states).toEqual(['connecting', 'signed-out']);
    expect(calls).toBe(1);
  });
});
