import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { self, takeCode } from '@/features/sign-in/session';
import { SignInPage } from '@/pages/sign-in';
import { Problem } from '@/shared/api/client';
import { Failed, Skeleton } from '@/shared/ui/kit';
import { router } from './router';
import './styles.css';
import { setTheme, theme } from './theme';

setTheme(theme());
const code = takeCode();

const client: QueryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // A refusal stays one; what cannot be reached is tried again.
      retry: (count, error) => count < 3 && !(error instanceof Problem && error.status >= 400 && error.status < 500),
    },
  },
});

client.getQueryCache().subscribe((event) => {
  const error = event.query.state.error;
  if (error instanceof Problem && error.status === 401 && event.query.queryKey[0] !== 'self') client.setQueryData(['self'], null);
});

function App() {
  const who = useQuery(self);
  if (who.isPending) return <Skeleton />;
  if (who.error && who.data === undefined) return <main><Failed error={who.error} retry={() => void who.refetch()} /></main>;
  return who.data ? <RouterProvider router={router} /> : <SignInPage code={code} />;
}

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <App />
    </QueryClientProvider>
  </StrictMode>,
);
