export const PAGES = ['map', 'flows', 'policies', 'hosts', 'editor'] as const;
export type Page = (typeof PAGES)[number];

/** Spans of time that pages show, in minutes; live is what the page hears, and a little before. */
export const WINDOWS = { live: 1, '5m': 5, '15m': 15, '1h': 60, '24h': 1440 } as const;
export type Span = keyof typeof WINDOWS;

/** What the address says is shown. A link to it shows the same to somebody else. */
export interface Route {
  page: Page;
  window: Span;
  filter: string;
  /** The key of the label by which the map is grouped; empty for none. */
  group: string;
  /** The policy that is looked at or edited; empty for none. */
  policy: string;
}

export const START: Route = { page: 'map', window: 'live', filter: '', group: '', policy: '' };

/** Reads the part of an address after `#`; what it does not know is the default. */
export function parse(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const words = new URLSearchParams(query);
  const page = PAGES.find((each) => each === path) ?? START.page;
  const window = words.get('window') ?? '';
  return {
    page,
    window: window in WINDOWS ? (window as Span) : START.window,
    filter: words.get('filter') ?? START.filter,
    group: words.get('group') ?? START.group,
    policy: words.get('policy') ?? START.policy,
  };
}

/** The inverse of {@link parse}; defaults are left out. */
export function format(route: Route): string {
  const words = new URLSearchParams();
  for (const key of ['window', 'filter', 'group', 'policy'] as const) {
    if (route[key] !== START[key]) {
      words.set(key, route[key]);
    }
  }
  const query = words.toString();
  return `#/${route.page}${query === '' ? '' : `?${query}`}`;
}
