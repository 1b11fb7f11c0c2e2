import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Bus } from '../bus/bus.js';
import type { MapChange, MapFound } from '../bus/messages.js';
import { refusalOf, type Refusal } from '../bus/refusal.js';
import { spanOf, type Span } from '../state/address.js';
import { changed, EMPTY, pictureOf, type Picture } from './picture.js';

const MAP = 'segmentation.api.telemetry.map';
const CHANGES = 'segmentation.telemetry.map';
const PERIOD = 5_000;
const SETTLED = 250;

export interface Wanted {
  window: Span;
  at: string;
  filter: string;
  group: string;
}

/**
 * The picture of a window. The live one, unfiltered and ungrouped, is asked for once and follows the changes; any other is
 * asked for again and again, unless it ends in the past.
 */
export class MapSource implements ReactiveController {
  picture: Picture = EMPTY;
  refusal: Refusal | undefined;
  readonly #host: ReactiveControllerHost;
  readonly #bus: () => Bus;
  #wanted: Wanted = { window: 'live', at: '', filter: '', group: '' };
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ends: (() => void)[] = [];

  constructor(host: ReactiveControllerHost, bus: () => Bus) {
    this.#host = host;
    this.#bus = bus;
    host.addController(this);
  }

  hostConnected(): void {
    const bus = this.#bus();
    this.#ends = [
      bus.listen<MapChange>(CHANGES, (change) => this.#hear(change)),
      bus.link.watch(() => this.#askSoon(0)),
    ];
    this.#askSoon(0);
  }

  hostDisconnected(): void {
    this.#ends.forEach((end) => end());
    clearTimeout(this.#timer);
  }

  /** Changes what is wanted; what is shown follows once the answer is there. */
  want(wanted: Wanted): void {
    const before = this.#wanted;
    if (JSON.stringify(before) !== JSON.stringify(wanted)) {
      this.#wanted = wanted;
      this.#askSoon(SETTLED);
    }
  }

  get #isLive(): boolean {
    return this.#wanted.window === 'live' && this.#wanted.at === '' && this.#wanted.filter === '' && this.#wanted.group === '';
  }

  #hear(change: MapChange): void {
    if (!this.#isLive) {
      return;
    }
    const next = changed(this.picture, change);
    if (next === undefined) {
      this.#askSoon(SETTLED);
    } else if (next !== this.picture) {
      this.picture = next;
      this.#host.requestUpdate();
    }
  }

  #askSoon(delay: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#ask(), delay);
  }

  async #ask(): Promise<void> {
    const bus = this.#bus();
    if (bus.link.value.state !== 'connected') {
      return;
    }
    const number = ++this.#asked;
    try {
      const found = await bus.request<MapFound>(MAP, this.#request());
      if (number === this.#asked) {
        this.picture = pictureOf(found);
        this.refusal = undefined;
      }
    } catch (error) {
      this.refusal = refusalOf(error, MAP);
    }
    if (number === this.#asked) {
      this.#host.requestUpdate();
      if ((!this.#isLive && this.#wanted.at === '') || this.refusal !== undefined) {
        this.#askSoon(PERIOD);
      }
    }
  }

  #request(): object {
    const { window, at, filter, group } = this.#wanted;
    return {
      ...(window === 'live' && at === '' ? {} : spanOf(this.#wanted)),
      ...(filter === '' ? {} : { filter }),
      ...(group === '' ? {} : { group_by: group }),
    };
  }
}
