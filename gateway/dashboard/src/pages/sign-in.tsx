import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { signIn } from '@/features/sign-in/session';
import { Button, field, Told } from '@/shared/ui/kit';

export function SignInPage({ code }: { code: string | null }) {
  const client = useQueryClient();
  const [token, setToken] = useState('');
  const tried = useRef(false);
  const attempt = useMutation({ mutationFn: signIn, onSuccess: () => client.invalidateQueries({ queryKey: ['self'] }) });
  const { mutate } = attempt;
  useEffect(() => {
    if (code && !tried.current) {
      tried.current = true;
      mutate({ code });
    }
  }, [code, mutate]);
  return (
    <main className="flex min-h-dvh items-center justify-center px-6">
      <form
        className="w-full max-w-sm space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          mutate({ token });
        }}
      >
        <img src="/favicon.svg" alt="" className="size-10" />
        <h1 className="text-lg font-semibold">{attempt.isPending ? 'Signing in…' : 'Sign in to Heddle'}</h1>
        <p className="text-[13px] leading-relaxed text-soft">
          Run <code className="rounded bg-hover px-1 py-0.5 font-mono text-xs text-ink">./heddle open</code> on the machine that runs it, and follow the link that it prints. Or paste the token from its home.
        </p>
        <input type="password" autoComplete="off" aria-label="Token" placeholder="Token" value={token} onChange={(event) => setToken(event.target.value)} className={`${field} h-9`} />
        <Button type="submit" look="primary" className="h-9 w-full" disabled={!token} busy={attempt.isPending}>Sign in</Button>
        <Told error={attempt.error} />
      </form>
    </main>
  );
}
