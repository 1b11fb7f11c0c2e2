import { css, html, LitElement, unsafeCSS, type PropertyValues, type TemplateResult } from 'lit';
import uPlot from 'uplot';
import sheet from 'uplot/dist/uPlot.min.css?inline';
import type { Verdict } from '../bus/messages.js';
import type { Second } from '../state/live-flows.js';
import { theme } from '../state/theme.js';
import { Watch } from '../state/store.js';
import { clock } from '../ui/format.js';

const HEIGHT = 110;
const SECONDS = 300;
const SERIES: readonly Verdict[] = ['allowed', 'dropped', 'audited'];

/** Decisions of each second, drawn; its label says the sums. */
class TrafficChart extends LitElement {
  static override properties = { seconds: { attribute: false } };
  static override styles = [
    unsafeCSS(sheet),
    css`
      :host {
        display: block;
        min-height: ${HEIGHT}px;
      }
    `,
  ];
  declare seconds: readonly Second[];
  readonly #theme = new Watch(this, theme);
  #chart: uPlot | undefined;
  #drawnWith = '';
  readonly #resize = new ResizeObserver(() => this.#chart?.setSize({ width: this.#width, height: HEIGHT }));

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resize.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resize.disconnect();
    this.#chart?.destroy();
    this.#chart = undefined;
  }

  get #width(): number {
    return Math.max(200, this.clientWidth);
  }

  protected override render(): TemplateResult {
    const sum = (verdict: Verdict): number => this.seconds.slice(0, SECONDS).reduce((all, second) => all + second[verdict], 0);
    return html`<div
      role="img"
      aria-label="Decisions of the last minutes: ${SERIES.map((verdict) => `${sum(verdict)} ${verdict}`).join(', ')}"
    ></div>`;
  }

  protected override updated(_changed: PropertyValues): void {
    if (this.#drawnWith !== this.#theme.value) {
      this.#chart?.destroy();
      this.#chart = undefined;
      this.#drawnWith = this.#theme.value;
    }
    this.#chart ??= new uPlot(this.#options(), this.#data(), this.renderRoot.querySelector('div') as HTMLElement);
    this.#chart.setData(this.#data());
  }

  /** The seconds up to the last that was heard; nothing was decided in those of which nothing was heard. */
  #data(): uPlot.AlignedData {
    const end = this.seconds[0]?.at ?? Math.floor(Date.now() / 1000);
    const times = Array.from({ length: SECONDS }, (_, index) => end - SECONDS + 1 + index);
    const known = new Map(this.seconds.map((second) => [second.at, second]));
    return [times, ...SERIES.map((verdict) => times.map((time) => known.get(time)?.[verdict] ?? 0))] as uPlot.AlignedData;
  }

  #options(): uPlot.Options {
    const colours = getComputedStyle(this);
    const colour = (name: string): string => colours.getPropertyValue(`--${name}`).trim();
    const axis = { stroke: colour('muted'), grid: { stroke: colour('line'), width: 1 }, ticks: { stroke: colour('line') } };
    return {
      width: this.#width,
      height: HEIGHT,
      legend: { show: false },
      cursor: { show: false },
      scales: { y: { range: (_, __, highest) => [0, Math.max(1, highest)] } },
      axes: [
        { ...axis, size: 28, space: 120, values: (_, times) => times.map((time) => clock(new Date(time * 1000).toISOString())) },
        { ...axis, size: 44, space: 25 },
      ],
      series: [{}, ...SERIES.map((verdict) => ({ stroke: colour(verdict), width: 1.5, points: { show: false } }))],
    };
  }
}

customElements.define('seg-traffic', TrafficChart);
