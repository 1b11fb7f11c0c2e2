export const PAGES = ['map', 'flows', 'policies', 'hosts', 'editor'] as const;
export type Page = (typeof PAGES)[number];

/** Spans of time that pages show, in minutes; live is what the page hears, and a little before. */
export const WINDOWS = { live: 1, '5m': 5, '15m': 15, '1h': 60, '24h': 1440 } as const;
export type Span = keyof typeof WINDOWS;

/** What the address says is shown. A link to it shows the same to somebody else. */
export interface Route {
  page: Page;
  window: Span;
  /** The time at which the window ends, ISO 8601; empty for now. */
  at: string;
  filter: string;
  /** The key of the label by which the map is grouped; empty for none. */
  group: string;
  /** The policy that is looked at or edited; empty for none. */
  policy: string;
}

export const START: Route = { page: 'map', window: 'live', at: '', filter: '', group: '', policy: '' };

/** Reads the part of an address after `#`; what it does not know is the default. */
export function parse(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const words = new URLSearchParams(query);
  const page = PAGES.find((each) => each === path) ?? START.page;
  const window = words.get('window') ?? '';
  return {
    page,
    window: window in WINDOWS ? (window as Span) : START.window,
    at: instant(words.get('at') ?? ''),
    filter: words.get('filter') ?? START.filter,
    group: words.get('group') ?? START.group,
    policy: words.get('policy') ?? START.policy,
  };
}

/** The inverse of {@link parse}; defaults are left out. */
export function format(route: Route): string {
  const words = new URLSearchParams();
  for (const key of ['window', 'at', 'filter', 'group', 'policy'] as const) {
    if (route[key] !== START[key]) {
      words.set(key, route[key]);
    }
  }
  const query = words.toString();
  return `#/${route.page}${query === '' ? '' : `?${query}`}`;
}

function instant(text: string): string {
  const time = Date.parse(text);
  return Number.isNaN(time) ? START.at : new Date(time).toISOString();
}

/** Begin and end of what is shown, as telemetry-service is asked for it. A live view of the past is of a quarter of an hour. */
export function spanOf({ window, at }: Pick<Route, 'window' | 'at'>): { since: string; until?: string } {
  const end = at === '' ? Date.now() : Date.parse(at);
  const minutes = at !== '' && window === 'live' ? WINDOWS['15m'] : WINDOWS[window];
  return { since: new Date(end - minutes * 60_000).toISOString(), ...(at === '' ? {} : { until: at }) };
}
