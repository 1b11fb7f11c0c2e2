import { Store } from './store.js';

export type Theme = 'light' | 'dark';

const KEY = 'theme';
const system = matchMedia('(prefers-color-scheme: dark)');

/** The system's choice, until somebody makes one here. */
export const theme = new Store<Theme>(chosen() ?? preferred());

system.addEventListener('change', () => {
  if (chosen() === undefined) {
    theme.set(preferred());
  }
});
theme.watch(apply);
apply(theme.value);

export function toggle(): void {
  const next = theme.value === 'dark' ? 'light' : 'dark';
  localStorage.setItem(KEY, next);
  theme.set(next);
}

function chosen(): Theme | undefined {
  const kept = localStorage.getItem(KEY);
  return kept === 'light' || kept === 'dark' ? kept : undefined;
}

function preferred(): Theme {
  return system.matches ? 'dark' : 'light';
}

function apply(value: Theme): void {
  document.documentElement.dataset['theme'] = value;
}
