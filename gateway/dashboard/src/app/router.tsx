import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Link } from '@tanstack/react-router';
import { Compass } from 'lucide-react';
import { Empty, Failed, PageHead, Skeleton } from '@/shared/ui/kit';
import { Shell } from './shell';

const root = createRootRoute({
  component: Shell,
  notFoundComponent: () => (
    <>
      <PageHead title="Not found" />
      <Empty icon={Compass} title="There is no such page">The address may be mistyped, or the page moved. <Link to="/" className="text-accent-ink underline">Home</Link></Empty>
    </>
  ),
});
/** Search parameters are filters: texts, or absent. */
const validateSearch = (search: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined && value !== '').map(([name, value]) => [name, String(value)]));
const page = <P extends string>(path: P, component: ReturnType<typeof lazyRouteComponent>) =>
  createRoute({ getParentRoute: () => root, path, component, validateSearch });

const sessionsPage = lazyRouteComponent(() => import('@/pages/sessions'), 'SessionsPage');

export const router = createRouter({
  routeTree: root.addChildren([
    page('/', lazyRouteComponent(() => import('@/pages/home'), 'HomePage')),
    page('/threads', lazyRouteComponent(() => import('@/pages/threads'), 'ThreadsPage')),
    page('/threads/$id', lazyRouteComponent(() => import('@/pages/thread'), 'ThreadPage')),
    page('/sessions', sessionsPage),
    page('/sessions/$id', sessionsPage),
    page('/projects', lazyRouteComponent(() => import('@/pages/projects'), 'ProjectsPage')),
    page('/projects/$name', lazyRouteComponent(() => import('@/pages/project'), 'ProjectPage')),
    page('/machines', lazyRouteComponent(() => import('@/pages/machines'), 'MachinesPage')),
    page('/metrics', lazyRouteComponent(() => import('@/pages/metrics'), 'MetricsPage')),
    page('/search', lazyRouteComponent(() => import('@/pages/search'), 'SearchPage')),
    page('/sign-in', lazyRouteComponent(() => import('@/pages/home'), 'HomePage')),
  ]),
  defaultPreload: 'intent',
  defaultPendingComponent: () => <><PageHead title="…" /><Skeleton /></>,
  defaultErrorComponent: ({ error, reset }) => <Failed error={error} retry={reset} />,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
