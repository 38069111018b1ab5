export type Theme = 'system' | 'light' | 'dark';

export const theme = () => (localStorage.getItem('heddle.theme') ?? 'system') as Theme;

export function setTheme(next: Theme) {
  localStorage.setItem('heddle.theme', next);
  if (next === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
}
