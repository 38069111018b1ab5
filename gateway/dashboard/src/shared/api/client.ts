import createClient from 'openapi-fetch';
import type { components, paths } from './schema';

export type Schemas = components['schemas'];

/** What went wrong, as the server says it: a stable code and a sentence. */
export class Problem extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    detail: string,
  ) {
    super(detail);
  }
}

/** The header without which the gateway takes no write that is signed in by cookie. */
export const OWN_HEADER = { 'X-Heddle-Dashboard': '1' };

export const api = createClient<paths>({ baseUrl: window.location.origin, headers: OWN_HEADER });

export function problemOf(error: unknown, status: number): Problem {
  const said = error as { code?: string; detail?: string; title?: string } | undefined;
  return new Problem(
    said?.code ?? `http_${status}`,
    status,
    said?.detail ?? said?.title ?? `The server answered ${status}.`,
  );
}

/** The answer, or the problem as an exception. */
export async function unwrap<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  let answer;
  try {
    answer = await call;
  } catch {
    throw new Problem('offline', 0, 'Heddle cannot be reached. This page goes on by itself when it can.');
  }
  if (!answer.response.ok) throw problemOf(answer.error, answer.response.status);
  return answer.data as T;
}

/** A key of its own for each intention, so that a repeated request makes nothing twice. */
export const idempotent = () => ({ 'Idempotency-Key': crypto.randomUUID() });
