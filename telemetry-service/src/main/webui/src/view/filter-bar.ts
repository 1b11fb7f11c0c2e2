import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import type { Bus } from '../bus/bus.js';
import { KEYS } from '../filter/filter.js';
import { WINDOWS, type Span } from '../state/address.js';
import { refine, route } from '../state/route.js';
import { Watch } from '../state/store.js';
import { moment } from '../ui/format.js';
import { styles } from '../ui/styles.js';

const HINTS = 'segmentation.api.telemetry.hints';
/** How far back the slider goes, in minutes: as far as events are kept. */
const FURTHEST = 1_440;
const SPANS: Record<Span, string> = {
  live: 'Live',
  '5m': 'Last 5 minutes',
  '15m': 'Last 15 minutes',
  '1h': 'Last hour',
  '24h': 'Last day',
};

/** Chooses the time window, when it ends, and the filter; all of them stand in the address. */
class FilterBar extends LitElement {
  static override properties = { bus: { attribute: false }, problem: {}, suggestions: { state: true } };
  static override styles = [
    styles,
    css`
      .fields {
        display: flex;
        flex-wrap: wrap;
        gap: 0.75rem;
      }
      input[type='range'] {
        width: 12rem;
        vertical-align: middle;
      }
      input[type='search'] {
        width: min(34rem, 80vw);
        font-family: var(--mono);
        font-size: 0.9rem;
      }
      [role='alert'] {
        color: var(--dropped);
      }
    `,
  ];
  declare bus: Bus;
  /** What is wrong with the filter; empty when nothing is. */
  declare problem: string;
  declare suggestions: readonly string[];
  readonly #route = new Watch(this, route);

  constructor() {
    super();
    this.problem = '';
    this.suggestions = KEYS.map((key) => `${key}:`);
  }

  protected override render(): TemplateResult {
    const { window, filter } = this.#route.value;
    return html`
      <div class="fields">
        <label>
          Time
          <select data-testid="window" @change=${this.#choose}>
            ${(Object.keys(WINDOWS) as Span[]).map(
              (span) => html`<option value=${span} ?selected=${span === window}>${SPANS[span]}</option>`,
            )}
          </select>
        </label>
        <label>
          Until
          <span>
            <input
              type="range"
              data-testid="until"
              min=${-FURTHEST}
              max="0"
              .value=${String(-this.#minutesAgo)}
              aria-valuetext=${this.#end}
              @input=${this.#travel}
            />
            <output data-testid="end">${this.#end}</output>
          </span>
        </label>
        <label>
          Filter
          <input
            data-testid="filter"
            type="search"
            spellcheck="false"
            autocomplete="off"
            placeholder="verdict:dropped to.port:5432"
            list="suggestions"
            aria-describedby="problem"
            aria-invalid=${this.problem === '' ? nothing : 'true'}
            .value=${filter}
            @input=${this.#type}
          />
        </label>
        <datalist id="suggestions">${this.suggestions.map((each) => html`<option value=${each}></option>`)}</datalist>
      </div>
      <div id="problem" role="alert" data-testid="filter-problem">${this.problem}</div>
    `;
  }

  get #minutesAgo(): number {
    const { at } = this.#route.value;
    return at === '' ? 0 : Math.min(FURTHEST, Math.max(1, Math.round((Date.now() - Date.parse(at)) / 60_000)));
  }

  get #end(): string {
    const { at } = this.#route.value;
    return at === '' ? 'now' : moment(at);
  }

  #travel(event: Event): void {
    const minutes = Number((event.target as HTMLInputElement).value);
    refine({ at: minutes === 0 ? '' : new Date(Date.now() + minutes * 60_000).toISOString() });
  }

  #choose(event: Event): void {
    refine({ window: (event.target as HTMLSelectElement).value as Span });
  }

  #type(event: Event): void {
    const text = (event.target as HTMLInputElement).value;
    refine({ filter: text });
    void this.#suggest(text);
  }

  /** Offers values of the key that is being typed; without an answer, the keys. */
  async #suggest(text: string): Promise<void> {
    const word = text.slice(text.lastIndexOf(' ') + 1);
    const before = text.slice(0, text.length - word.length);
    const colon = word.indexOf(':');
    if (colon < 0) {
      this.suggestions = KEYS.map((key) => `${before}${key}:`);
      return;
    }
    const stem = word.slice(0, colon + 1);
    const key = stem.replace(/^!?((from|to)\.)?/, '').slice(0, -1);
    try {
      const found = await this.bus.request<{ values: string[] }>(HINTS, { key, prefix: word.slice(colon + 1), limit: 20 });
      this.suggestions = found.values.map((value) => `${before}${stem}${value}`);
    } catch {
      this.suggestions = [];
    }
  }
}

customElements.define('seg-filter-bar', FilterBar);
