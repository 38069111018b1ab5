import { queryOptions } from '@tanstack/react-query';
import { OWN_HEADER, Problem, problemOf } from '@/shared/api/client';

const PATH = '/api/sign-in';

async function ask(init?: RequestInit): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(PATH, { ...init, headers: { ...OWN_HEADER, ...(init?.body ? { 'Content-Type': 'application/json' } : {}) } });
  } catch {
    throw new Problem('offline', 0, 'Heddle cannot be reached.');
  }
  if (!answer.ok) throw problemOf(await answer.json().catch(() => undefined), answer.status);
  return answer;
}

export interface Self {
  name: string;
  roles: string[];
}

/** Who is signed in; null where nobody is. */
export const self = queryOptions({
  queryKey: ['self'],
  queryFn: async (): Promise<Self | null> => {
    try {
      return (await (await ask()).json()) as Self;
    } catch (error) {
      if (error instanceof Problem && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: Infinity,
});

export const signIn = (secret: { code: string } | { token: string }) => ask({ method: 'POST', body: JSON.stringify(secret) });
export const signOut = () => ask({ method: 'DELETE' });

/** The code of a link stands behind the #, which no browser sends to any server. It is taken out of the address at once. */
export function takeCode(): string | null {
  const code = location.pathname === '/sign-in' && location.hash.length > 1 ? location.hash.slice(1) : null;
  if (code) history.replaceState(null, '', '/sign-in');
  return code;
}
