import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { createRef, ref } from 'lit/directives/ref.js';
import type { Bus } from '../bus/bus.js';
import type { MapEdge, MapNode } from '../bus/messages.js';
import { parse } from '../filter/filter.js';
import { written } from '../filter/syntax.js';
import { deciderOf, portsOf, verdictOf, type Picture } from '../map/picture.js';
import { CHANGES, drafted, type Drafted } from '../map/drafted.js';
import type { Graph } from '../map/graph.js';
import { MapSource } from '../map/source.js';
import { svgOf } from '../map/svg.js';
import { format } from '../state/address.js';
import { draft } from '../state/draft.js';
import { refine, route } from '../state/route.js';
import { Watch } from '../state/store.js';
import { download, fileName } from '../ui/download.js';
import { ago, count, decider } from '../ui/format.js';
import { refusalNote } from '../ui/refusal-note.js';
import { RowWindow } from '../ui/row-window.js';
import { styles } from '../ui/styles.js';
import { badge } from '../ui/verdict.js';
import { ExplainPanel } from './explain-panel.js';
import './filter-bar.js';
import { Framed } from './framed.js';

const NO_CHANGES: Drafted['changes'] = new Map();

/** Who talks to whom, drawn and, in the same words, as a table. */
class MapPage extends Framed {
  static override properties = { bus: { attribute: false }, paused: { state: true }, isDrawn: { state: true } };
  static override styles = [
    styles,
    css`
      .canvas {
        height: min(56vh, 40rem);
        overflow: hidden;
        position: relative;
      }
      .canvas .empty {
        position: absolute;
        inset: 30% 0 auto 0;
      }
      .legend {
        display: flex;
        gap: 1.25rem;
        padding: 0.5rem 0;
      }
      .key {
        width: 12rem;
      }
    `,
  ];
  declare bus: Bus;
  /** What is shown while the map stands still; undefined while it runs. */
  declare paused: Picture | undefined;
  declare isDrawn: boolean;
  readonly #route = new Watch(this, route);
  readonly #draft = new Watch(this, draft);
  readonly #source = new MapSource(this, () => this.bus);
  readonly #panel = createRef<ExplainPanel>();
  readonly #graph = createRef<Graph>();
  readonly #drawn = new RowWindow<[string, MapEdge]>(this, ([key]) => key);

  override connectedCallback(): void {
    super.connectedCallback();
    this.isDrawn = false;
    void import('../map/graph.js').then(() => {
      this.isDrawn = true;
    });
  }

  protected override willUpdate(_changed: PropertyValues): void {
    const { window, at, filter, group } = this.#route.value;
    if (parse(filter).isValid) {
      this.#source.want({ window, at, filter, group });
    }
  }

  protected override render(): TemplateResult {
    const filter = parse(this.#route.value.filter);
    const { picture, changes } = this.#drafted();
    return html`
      <div class="bar">
        <h1>Map</h1>
        <seg-filter-bar .bus=${this.bus} .problem=${filter.isValid ? '' : filter.problem}></seg-filter-bar>
        <label>
          Group by label
          <input class="key" data-testid="group" placeholder="app" .value=${this.#route.value.group} @change=${this.#group} />
        </label>
        <button data-testid="pause" aria-pressed=${this.paused === undefined ? 'false' : 'true'} @click=${this.#toggle}>
          ${this.paused === undefined ? 'Pause' : 'Play'}
        </button>
        <div role="group" aria-label="Save the map as">
          <button ?disabled=${!this.isDrawn} @click=${this.#saveSvg}>SVG</button>
          <button ?disabled=${!this.isDrawn} @click=${this.#savePng}>PNG</button>
        </div>
      </div>
      ${refusalNote(this.#source.refusal)} ${this.#draftNote()}
      <div class="card canvas">
        ${this.isDrawn
          ? html`<seg-graph ${ref(this.#graph)} .picture=${picture} .changes=${changes} @edge=${(event: CustomEvent<string>) => this.#explainEdge(picture, event.detail)}></seg-graph>`
          : nothing}
        ${picture.edges.size === 0 && this.#source.refusal === undefined ? html`<p class="empty">No connection was seen yet.</p>` : nothing}
      </div>
      <div class="legend" aria-hidden="true">
        <span>${badge('allowed')} solid</span> <span>${badge('dropped')} dashed</span>
        <span>${badge('audited')} dotted: passed, a policy in audit mode would drop it</span>
      </div>
      ${this.#table(picture, changes)}
      <seg-explain ${ref(this.#panel)} .bus=${this.bus}></seg-explain>
    `;
  }

  /** What is shown, with the candidate of the editor laid over it; groups have other names than a plan. */
  #drafted(): Drafted {
    const picture = this.paused ?? this.#source.picture;
    const shown = this.#route.value.group === '' ? this.#draft.value : undefined;
    return shown === undefined ? { picture, changes: NO_CHANGES } : drafted(picture, shown.plan);
  }

  #draftNote(): TemplateResult | typeof nothing {
    const shown = this.#draft.value;
    if (shown === undefined) {
      return nothing;
    }
    const { changes, newly_blocked: blocked, newly_allowed: allowed, newly_audited: audited } = shown.plan;
    const here = this.#route.value;
    return html`<div class="bar" role="status" data-testid="draft">
      <p>
        <strong>Draft</strong> of <span class="mono">${changes.map((each) => each.policy_id).join(', ')}</span>, which nobody has published:
        ${count(blocked.total.distinct)} recorded flows newly blocked, ${count(allowed.total.distinct)} newly allowed,
        ${count(audited.total.distinct)} newly audited. ${here.group === '' ? '' : 'They are drawn where the map is not grouped.'}
      </p>
      <a class="button" href=${format({ ...here, page: 'editor', policy: shown.policy })}>Back to the editor</a>
      <button @click=${() => draft.set(undefined)}>Leave it out</button>
    </div>`;
  }

  #table({ nodes, edges }: Picture, changes: Drafted['changes']): TemplateResult {
    return html`<h2 id="connections">Connections</h2>
      <div class="card" tabindex="0" role="region" aria-labelledby="connections">
        <table data-testid="connections" aria-rowcount=${edges.size + 1} ${ref(this.#drawn.table)}>
          <thead>
            <tr aria-rowindex="1">
              <th scope="col">Source</th>
              <th scope="col">Destination</th>
              <th scope="col">Ports</th>
              <th scope="col">Latest</th>
              ${changes.size === 0 ? nothing : html`<th scope="col">Draft</th>`}
              <th scope="col">Decided by</th>
              <th scope="col" class="number">Allowed</th>
              <th scope="col" class="number">Dropped</th>
              <th scope="col" class="number">Audited</th>
              <th scope="col">Last seen</th>
              <th scope="col">Look at</th>
            </tr>
          </thead>
          ${this.#drawn.body([...edges], ([key, edge], rowIndex) => this.#row(key, edge, rowIndex, nodes, changes))}
        </table>
      </div>`;
  }

  #row(key: string, edge: MapEdge, rowIndex: number, nodes: Picture['nodes'], changes: Drafted['changes']): TemplateResult {
    const change = changes.get(key);
    const source = nodes.get(edge.source);
    const dest = nodes.get(edge.dest);
    const by = deciderOf(edge);
    const filter = filterOf(source, dest);
    const names = `${source?.name ?? edge.source} to ${dest?.name ?? edge.dest}`;
    return html`<tr data-edge=${key} aria-rowindex=${rowIndex}>
      <td>${source?.name ?? edge.source}</td>
      <td>${dest?.name ?? edge.dest}</td>
      <td class="wrap">${portsOf(edge)}</td>
      <td>${badge(verdictOf(edge))}</td>
      ${changes.size === 0
        ? nothing
        : html`<td>${change === undefined ? '=' : html`<span class="badge ${CHANGES[change].look}">${CHANGES[change].words}</span>`}</td>`}
      <td class="mono">${by === undefined ? '–' : decider(by)} <span class="muted">${by?.reason ?? ''}</span></td>
      <td class="number">${count(edge.allowed)}</td>
      <td class="number">${count(edge.dropped)}</td>
      <td class="number">${count(edge.audited)}</td>
      <td>${ago(edge.last)}</td>
      <td>
        ${filter === undefined
          ? nothing
          : html`<a href=${format({ ...this.#route.value, page: 'flows', filter })} aria-label="Flows from ${names}">flows</a>
              <button aria-label="Explain ${names}" @click=${() => void this.#panel.value?.showLatest(filter)}>Explain</button>`}
      </td>
    </tr>`;
  }

  #explainEdge({ nodes, edges }: Picture, key: string): void {
    const edge = edges.get(key);
    const filter = edge === undefined ? undefined : filterOf(nodes.get(edge.source), nodes.get(edge.dest));
    if (filter !== undefined) {
      void this.#panel.value?.showLatest(filter);
    }
  }

  #saveSvg(): void {
    const drawing = this.#graph.value?.drawing();
    if (drawing !== undefined) {
      download(fileName('map', 'svg'), new Blob([svgOf(drawing)], { type: 'image/svg+xml' }));
    }
  }

  async #savePng(): Promise<void> {
    const image = await this.#graph.value?.png();
    if (image !== undefined) {
      download(fileName('map', 'png'), image);
    }
  }

  #toggle(): void {
    this.paused = this.paused === undefined ? this.#source.picture : undefined;
  }

  #group(event: Event): void {
    refine({ group: (event.target as HTMLInputElement).value.trim() });
  }
}

/** The filter that lets through what is between two nodes; undefined where no filter can name one of them. */
function filterOf(source: MapNode | undefined, dest: MapNode | undefined): string | undefined {
  const from = termOf('from', source);
  const to = termOf('to', dest);
  return from === undefined || to === undefined ? undefined : `${from} ${to}`;
}

function termOf(side: string, node: MapNode | undefined): string | undefined {
  switch (node?.kind) {
    case 'workload':
    case 'host':
      return `${side}.workload:${written(node.name)}`;
    case 'address':
      return `${side}.ip:${node.name}`;
    case 'group':
      return `${side}.label:${written(node.name)}`;
    default:
      return undefined;
  }
}

customElements.define('seg-map-page', MapPage);
