import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { createRef, ref } from 'lit/directives/ref.js';
import type { Bus } from '../bus/bus.js';
import type { Flow, FlowsFound } from '../bus/messages.js';
import { refusalOf, type Refusal } from '../bus/refusal.js';
import { parse, type Outcome } from '../filter/filter.js';
import { spanOf } from '../state/address.js';
import type { Heard } from '../state/live-flows.js';
import { route } from '../state/route.js';
import { Store, Watch } from '../state/store.js';
import { download, fileName } from '../ui/download.js';
import { clock, count, decider } from '../ui/format.js';
import { endpoint } from '../ui/endpoint.js';
import { refusalNote } from '../ui/refusal-note.js';
import { RowWindow } from '../ui/row-window.js';
import { styles } from '../ui/styles.js';
import { badge } from '../ui/verdict.js';
import { ExplainPanel } from './explain-panel.js';
import './filter-bar.js';
import { csvOf } from './flow-files.js';
import { Framed } from './framed.js';
import './traffic-chart.js';

const FLOWS = 'segmentation.api.telemetry.flows';
const MOST_ROWS = 200;
const SETTLED = 250;

const keys = new WeakMap<Flow, number>();
let lastKey = 0;

/** Who talks to whom, as it happens and some time back; each row can be explained. */
class FlowsPage extends Framed {
  static override properties = { bus: { attribute: false }, live: { attribute: false }, paused: { state: true } };
  static override styles = [
    styles,
    css`
      .chart {
        padding: 0.5rem;
        margin-bottom: 1rem;
      }
    `,
  ];
  declare bus: Bus;
  declare live: Store<Heard>;
  /** What is shown while the table stands still; undefined while it runs. */
  declare paused: Heard | undefined;
  readonly #route = new Watch(this, route);
  readonly #panel = createRef<ExplainPanel>();
  readonly #drawn = new RowWindow<Flow>(this, keyOf);
  #past: FlowsFound | undefined;
  #refusal: Refusal | undefined;
  #asked = '';
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ends: (() => void)[] = [];

  override connectedCallback(): void {
    super.connectedCallback();
    this.#ends = [
      this.live.watch(() => this.requestUpdate()),
      this.bus.link.watch(() => {
        this.#asked = '';
        this.requestUpdate();
      }),
    ];
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#ends.forEach((end) => end());
    clearTimeout(this.#timer);
  }

  protected override updated(_changed: PropertyValues): void {
    const { window, at, filter } = this.#route.value;
    const wanted = JSON.stringify([window, at, filter]);
    if (wanted !== this.#asked && this.bus.link.value.state === 'connected' && parse(filter).isValid) {
      this.#asked = wanted;
      clearTimeout(this.#timer);
      // Not with each key that is typed.
      this.#timer = setTimeout(() => void this.#recall(wanted), SETTLED);
    }
  }

  async #recall(wanted: string): Promise<void> {
    const { filter } = this.#route.value;
    try {
      const found = await this.bus.request<FlowsFound>(FLOWS, { ...spanOf(this.#route.value), filter, limit: MOST_ROWS });
      if (wanted === this.#asked) {
        this.#past = found;
        this.#refusal = undefined;
      }
    } catch (error) {
      this.#refusal = refusalOf(error, FLOWS);
    }
    this.requestUpdate();
  }

  protected override render(): TemplateResult {
    const filter = parse(this.#route.value.filter);
    const heard = this.paused ?? this.live.value;
    return html`
      <div class="bar">
        <h1>Flows</h1>
        <seg-filter-bar .bus=${this.bus} .problem=${filter.isValid ? '' : filter.problem}></seg-filter-bar>
        <button data-testid="pause" aria-pressed=${this.paused === undefined ? 'false' : 'true'} @click=${this.#toggle}>
          ${this.paused === undefined ? 'Pause' : 'Play'}
        </button>
        <div role="group" aria-label="Save the rows as">
          <button @click=${() => this.#save('csv', 'text/csv', csvOf(this.#rows(filter, heard)))}>CSV</button>
          <button @click=${() => this.#save('json', 'application/json', JSON.stringify(this.#rows(filter, heard), null, 2))}>JSON</button>
        </div>
      </div>
      <div class="card chart"><seg-traffic .seconds=${heard.seconds}></seg-traffic></div>
      ${refusalNote(this.#refusal)} ${this.#table(filter, heard)}
      <seg-explain ${ref(this.#panel)} .bus=${this.bus}></seg-explain>
    `;
  }

  #table(filter: Outcome, heard: Heard): TemplateResult | typeof nothing {
    if (!filter.isValid) {
      return nothing;
    }
    const rows = this.#rows(filter, heard);
    return html`<div class="card" tabindex="0" role="region" aria-label="Flows">
      <table data-testid="flows" aria-rowcount=${rows.length + 1} ${ref(this.#drawn.table)}>
        <caption>
          ${this.#caption(rows.length, heard)}
        </caption>
        <thead>
          <tr aria-rowindex="1">
            <th scope="col">Last</th>
            <th scope="col">Source</th>
            <th scope="col">Destination</th>
            <th scope="col">Port</th>
            <th scope="col">Verdict</th>
            <th scope="col">Decided by</th>
            <th scope="col">Reason</th>
            <th scope="col">Host</th>
            <th scope="col" class="number">Count</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        ${this.#drawn.body(rows, (flow, rowIndex) => this.#row(flow, rowIndex))}
      </table>
      ${rows.length === 0
        ? html`<p class="empty">No flow yet${this.#route.value.filter === '' ? '' : ' that the filter lets through'}.</p>`
        : nothing}
    </div>`;
  }

  /** What was heard since the answer about the past, and the answer; of a time in the past the answer alone. */
  #rows(filter: Outcome, heard: Heard): Flow[] {
    if (!filter.isValid) {
      return [];
    }
    const past = this.#past;
    const begin = past === undefined ? 0 : Date.parse(past.to);
    const fresh =
      this.#route.value.at === '' ? heard.flows.filter((flow) => Date.parse(flow.last) > begin && filter.matches(flow)) : [];
    return [...fresh, ...(past?.flows ?? [])].slice(0, MOST_ROWS);
  }

  #caption(shown: number, heard: Heard): string {
    const parts = [shown === 1 ? '1 row' : `${shown} rows`];
    const hidden = this.#past?.hidden ?? 0;
    const omitted = heard.omitted + (this.#past?.omitted ?? 0);
    const lost = heard.lost + (this.#past?.lost ?? 0);
    if (hidden > 0) {
      parts.push(`${count(hidden)} hidden by the filter`);
    }
    if (omitted > 0) {
      parts.push(`${count(omitted)} did not fit`);
    }
    if (lost > 0) {
      parts.push(`hosts lost ${count(lost)} decisions: their rings were full`);
    }
    if (this.#past?.complete === false) {
      parts.push(`complete since ${clock(this.#past.from)} only`);
    }
    if (this.paused !== undefined) {
      parts.push('paused');
    }
    return parts.join(' · ');
  }

  #row(flow: Flow, rowIndex: number): TemplateResult {
    return html`<tr aria-rowindex=${rowIndex}>
      <td>${clock(flow.last)}</td>
      <td>${endpoint(flow.source)}</td>
      <td>${endpoint(flow.dest)}</td>
      <td>${flow.protocol}${flow.dest_port > 0 ? `/${flow.dest_port}` : ''}</td>
      <td>${badge(flow.verdict)}</td>
      <td class="mono">${decider(flow)}</td>
      <td class="muted">${flow.reason}</td>
      <td class="mono">${flow.host_id}</td>
      <td class="number">${count(flow.count)}</td>
      <td><button @click=${() => void this.#panel.value?.show(flow)}>Explain</button></td>
    </tr>`;
  }

  #save(extension: string, type: string, content: string): void {
    download(fileName('flows', extension), new Blob([content], { type }));
  }

  #toggle(): void {
    this.paused = this.paused === undefined ? this.live.value : undefined;
  }
}

/** Stays with a row for as long as it is shown, so that the focus does too. */
function keyOf(flow: Flow): number {
  let key = keys.get(flow);
  if (key === undefined) {
    key = ++lastKey;
    keys.set(flow, key);
  }
  return key;
}

customElements.define('seg-flows-page', FlowsPage);
