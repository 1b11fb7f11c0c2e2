import cytoscape from 'cytoscape';
import { css, html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import type { Verdict } from '../bus/messages.js';
import { Watch } from '../state/store.js';
import { theme } from '../state/theme.js';
import { CHANGES, type Change } from './drafted.js';
import { difference, elementsOf, type Difference, type Elements } from './elements.js';
import { Layout, NODE, type Place, type Places } from './layout.js';
import type { Picture } from './picture.js';
import type { Drawing } from './svg.js';

const LINES: Record<Verdict, string> = { allowed: 'solid', dropped: 'dashed', audited: 'dotted' };
const NOTHING: Elements = new Map();
const NO_PLACES: Places = new Map();
/** So many nodes and lines are drawn within one frame. */
const PIECE = 100;
const ZOOM = { least: 0.2, most: 1.6 };
/** Around the outermost nodes, for their names. */
const MARGIN = 70;
/** Pixels on the screen: what would be smaller is not written. */
const LEGIBLE = 6;
const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5));

/** The map on a canvas. It says `edge` with the key of one that was clicked. The table beside it is for who cannot see it. */
class Graph extends LitElement {
  static override properties = { picture: { attribute: false }, changes: { attribute: false } };
  static override styles = css`
    :host,
    .field {
      display: block;
      height: 100%;
      position: relative;
    }
  `;
  declare picture: Picture;
  /** What a candidate changes, by the keys of edges. */
  declare changes: ReadonlyMap<string, Change>;
  readonly #theme = new Watch(this, theme);
  #cy: cytoscape.Core | undefined;
  #layout: Layout | undefined;
  #drawn = NOTHING;
  #isDrawing = false;
  #styled = '';

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#cy?.destroy();
    this.#cy = undefined;
    this.#layout?.end();
    this.#layout = undefined;
    this.#drawn = NOTHING;
    this.#isDrawing = false;
    this.#styled = '';
  }

  protected override render(): TemplateResult {
    const { nodes, edges } = this.picture;
    return html`<div
      class="field"
      role="img"
      data-testid="canvas"
      aria-label="${nodes.size} nodes and ${edges.size} connections, all of them in the table of connections"
    ></div>`;
  }

  protected override updated(_changed: PropertyValues): void {
    if (!this.isConnected) {
      return; // Its page was left meanwhile: without a place it has no size to draw in.
    }
    const cy = (this.#cy ??= this.#create());
    if (this.#styled !== this.#theme.value) {
      this.#styled = this.#theme.value;
      cy.style(this.#sheet());
    }
    void this.#draw(cy);
  }

  /** What is drawn now; undefined while nothing is. */
  drawing(): Drawing | undefined {
    const cy = this.#cy;
    if (cy === undefined) {
      return undefined;
    }
    return {
      nodes: cy.nodes().map((node) => ({ ...node.position(), name: node.data('name') as string })),
      edges: cy.edges().map((edge) => ({
        from: edge.sourceEndpoint(),
        to: edge.targetEndpoint(),
        label: edge.data('label') as string,
        colour: edge.style('line-color') as string,
        style: edge.style('line-style') as string,
      })),
      colours: {
        text: this.#colour('text'),
        surface: this.#colour('surface'),
        node: this.#colour('raised'),
        border: this.#colour('muted'),
      },
    };
  }

  /** The whole map as an image, twice as fine as it is on the screen. */
  async png(): Promise<Blob | undefined> {
    return this.#cy?.png({ output: 'blob-promise', full: true, scale: 2, bg: this.#colour('surface') });
  }

  #colour(name: string): string {
    return getComputedStyle(this).getPropertyValue(`--${name}`).trim();
  }

  #create(): cytoscape.Core {
    const cy = cytoscape({
      container: this.renderRoot.querySelector('.field'),
      minZoom: ZOOM.least,
      maxZoom: ZOOM.most,
      selectionType: 'single',
    });
    cy.on('tap', 'edge', (event) => {
      this.dispatchEvent(new CustomEvent('edge', { detail: event.target.id() as string }));
    });
    return cy;
  }

  /** Draws what is other than before. What comes meanwhile waits until that is done. */
  async #draw(cy: cytoscape.Core): Promise<void> {
    if (this.#isDrawing) {
      return;
    }
    const { picture, changes } = this;
    const wanted = elementsOf({ picture, changes });
    const other = difference(this.#drawn, wanted);
    this.#isDrawing = true;
    // A line more or less moves nobody.
    const places = other.isOther ? await this.#place(cy, wanted) : NO_PLACES;
    await this.#apply(cy, other, places);
    if (this.#cy !== cy) {
      return; // Its page was left meanwhile.
    }
    this.#isDrawing = false;
    this.#drawn = wanted;
    if (this.picture !== picture || this.changes !== changes) {
      this.requestUpdate();
    }
  }

  /** What is new is drawn piece by piece: the page would stand still while all of it is. */
  async #apply(cy: cytoscape.Core, { added, changed, removed }: Difference, places: Places): Promise<void> {
    if (this.#cy !== cy) {
      return;
    }
    cy.batch(() => {
      removed.forEach((id) => cy.getElementById(id).remove());
      changed.forEach(({ data }) => cy.getElementById(data['id'] as string).data(data));
      places.forEach((place, id) => cy.getElementById(id).position(place));
    });
    if (places.size > 0) {
      cy.viewport(viewOf([...places.values()], cy.width(), cy.height()));
    }
    for (let at = 0; at < added.length && this.#cy === cy; at += PIECE) {
      const piece = added.slice(at, at + PIECE).map((each) => ({ ...each, position: { ...places.get(each.data['id'] as string) } }));
      cy.add(piece as cytoscape.ElementDefinition[]);
      await new Promise(requestAnimationFrame);
    }
  }

  async #place(cy: cytoscape.Core, wanted: Elements): Promise<Places> {
    const all = [...wanted.values()].map(({ group, data }) => ({ isNode: group === 'nodes', data }));
    const nodes = all
      .filter(({ isNode }) => isNode)
      .map(({ data }, index) => {
        const id = data['id'] as string;
        const known = cy.getElementById(id);
        return { id, ...(known.nonempty() ? known.position() : begin(index)) };
      });
    const lines = all
      .filter(({ isNode }) => !isNode)
      .map(({ data }) => ({ source: data['source'] as string, target: data['target'] as string }));
    this.#layout ??= new Layout();
    performance.clearMeasures('layout');
    const start = performance.now();
    try {
      const places = await this.#layout.place({ nodes, lines });
      performance.measure('layout', { start });
      return places;
    } catch (failure) {
      console.error('the nodes stay where they begin', failure);
      this.#layout.end();
      this.#layout = undefined;
      return new Map(nodes.map(({ id, x, y }) => [id, { x, y }]));
    }
  }

  #sheet(): cytoscape.StylesheetJson {
    const colour = (name: string): string => this.#colour(name);
    return [
      {
        selector: 'node',
        style: {
          label: 'data(name)',
          shape: 'data(shape)' as 'ellipse',
          width: NODE.size,
          height: NODE.size,
          'background-color': colour('raised'),
          'border-color': colour('muted'),
          'border-width': NODE.border,
          color: colour('text'),
          'font-size': 13,
          'min-zoomed-font-size': LEGIBLE,
          'text-valign': 'bottom',
          'text-margin-y': 6,
          'text-background-color': colour('surface'),
          'text-background-opacity': 0.85,
        },
      },
      {
        selector: 'edge',
        style: {
          label: 'data(label)',
          'curve-style': 'data(curve)' as 'bezier',
          'text-rotation': 'autorotate',
          'target-arrow-shape': 'triangle',
          width: 2,
          color: colour('text'),
          'font-size': 11,
          'min-zoomed-font-size': LEGIBLE,
          'text-background-color': colour('surface'),
          'text-background-opacity': 0.85,
          'text-background-padding': '2px',
        },
      },
      ...(Object.keys(LINES) as Verdict[]).map((verdict) => ({
        selector: `edge[verdict = "${verdict}"]`,
        style: {
          'line-color': colour(verdict),
          'target-arrow-color': colour(verdict),
          'line-style': LINES[verdict] as 'solid',
        },
      })),
      ...(Object.keys(CHANGES) as Change[]).map((change) => ({
        selector: `edge[change = "${change}"]`,
        style: {
          width: 5,
          'line-color': colour(CHANGES[change].look),
          'target-arrow-color': colour(CHANGES[change].look),
          'line-style': LINES[CHANGES[change].look] as 'solid',
        },
      })),
    ];
  }
}

/** Where the nth node begins: on a spiral, for forces between nodes in one line never leave it. */
function begin(n: number): Place {
  const radius = 150 * Math.sqrt(n);
  return { x: radius * Math.cos(n * GOLDEN_ANGLE), y: radius * Math.sin(n * GOLDEN_ANGLE) };
}

/** The view that shows all of the places. */
function viewOf(places: readonly Place[], width: number, height: number): { zoom: number; pan: Place } {
  const xs = places.map(({ x }) => x);
  const ys = places.map(({ y }) => y);
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const fitting = Math.min(width / (right - left + 2 * MARGIN), height / (bottom - top + 2 * MARGIN));
  const zoom = Math.min(ZOOM.most, Math.max(ZOOM.least, fitting));
  return { zoom, pan: { x: (width - zoom * (left + right)) / 2, y: (height - zoom * (top + bottom)) / 2 } };
}

export type { Graph };

customElements.define('seg-graph', Graph);
