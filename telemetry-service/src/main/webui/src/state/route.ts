import { format, parse, type Route } from './address.js';
import { Store } from './store.js';

/** The route in force; it follows the address. */
export const route = new Store<Route>(parse(location.hash));

addEventListener('hashchange', () => route.set(parse(location.hash)));

/** Goes where a link would lead. */
export function go(change: Partial<Route>): void {
  location.hash = format({ ...route.value, ...change });
}

/** As {@link go}, without a step in the history: for what changes as somebody types. */
export function refine(change: Partial<Route>): void {
  const next = { ...route.value, ...change };
  history.replaceState(null, '', format(next));
  route.set(next);
}
