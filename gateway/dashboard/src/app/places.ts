import { ChartLine, FolderGit2, House, type LucideIcon, MessagesSquare, Play, Search, Server } from 'lucide-react';

export interface Place {
  to: '/' | '/threads' | '/sessions' | '/projects' | '/machines' | '/metrics' | '/search';
  name: string;
  icon: LucideIcon;
  /** Pressed after g. */
  key: string;
}

export const PLACES: Place[] = [
  { to: '/', name: 'Home', icon: House, key: 'h' },
  { to: '/threads', name: 'Threads', icon: MessagesSquare, key: 't' },
  { to: '/sessions', name: 'Sessions', icon: Play, key: 's' },
  { to: '/projects', name: 'Projects', icon: FolderGit2, key: 'p' },
  { to: '/machines', name: 'Machines', icon: Server, key: 'm' },
  { to: '/metrics', name: 'Metrics', icon: ChartLine, key: 'c' },
  { to: '/search', name: 'Search', icon: Search, key: 'f' },
];
