import type { Bus } from '../bus/bus.js';
import type { Flow, TelemetryFlows } from '../bus/messages.js';
import { Store } from './store.js';

const MOST_ROWS = 2_000;
const MOST_SECONDS = 3_600;

/** Decisions of one second. */
export interface Second {
  /** Begin, in seconds since 1970. */
  at: number;
  allowed: number;
  dropped: number;
  audited: number;
}

/** What was heard since the page was opened, the newest first; only the latest rows and seconds are kept. */
export interface Heard {
  flows: readonly Flow[];
  seconds: readonly Second[];
  /** Rows that telemetry-service could not fit. */
  omitted: number;
  /** Decisions of which hosts could not tell. */
  lost: number;
}

/** Follows the windows of flows that telemetry-service publishes each second. */
export function follow(bus: Bus): Store<Heard> {
  const store = new Store<Heard>({ flows: [], seconds: [], omitted: 0, lost: 0 });
  bus.listen<TelemetryFlows>('segmentation.telemetry.flows', (window) => {
    const { flows, seconds, omitted, lost } = store.value;
    const second = {
      at: Date.parse(window.from) / 1000,
      allowed: window.allowed,
      dropped: window.dropped,
      audited: window.audited,
    };
    store.set({
      flows: [...window.flows, ...flows].slice(0, MOST_ROWS),
      seconds: [second, ...seconds].slice(0, MOST_SECONDS),
      omitted: omitted + window.omitted,
      lost: lost + window.lost,
    });
  });
  return store;
}
