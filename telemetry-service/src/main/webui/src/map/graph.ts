import cytoscape from 'cytoscape';
import fcose from 'cytoscape-fcose';
import { css, html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import type { MapEdge, MapNode, Verdict } from '../bus/messages.js';
import { Watch } from '../state/store.js';
import { theme } from '../state/theme.js';
import { VERDICTS } from '../ui/verdict.js';
import type { Drawing } from './svg.js';
import { keyOf, portsOf, verdictOf, type Picture } from './picture.js';

cytoscape.use(fcose);

const LINES: Record<Verdict, string> = { allowed: 'solid', dropped: 'dashed', audited: 'dotted' };
const SHAPES: Record<MapNode['kind'], string> = {
  host: 'hexagon',
  workload: 'round-rectangle',
  address: 'ellipse',
  group: 'barrel',
  other: 'diamond',
  unknown: 'diamond',
};

/** Begins where the nodes are, so that what is there already stays about there, and is the same each time. */
const LAYOUT = {
  name: 'fcose',
  animate: false,
  randomize: false,
  padding: 40,
  idealEdgeLength: 170,
  nodeRepulsion: 30_000,
} as cytoscape.LayoutOptions;
const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5));

/** The map on a canvas. It says `edge` with the key of one that was clicked. The table beside it is for who cannot see it. */
class Graph extends LitElement {
  static override properties = { picture: { attribute: false } };
  static override styles = css`
    :host,
    .field {
      display: block;
      height: 100%;
      position: relative;
    }
  `;
  declare picture: Picture;
  readonly #theme = new Watch(this, theme);
  #cy: cytoscape.Core | undefined;
  #styled = '';

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#cy?.destroy();
    this.#cy = undefined;
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
    this.#draw(cy);
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
      minZoom: 0.2,
      maxZoom: 1.6,
      selectionType: 'single',
    });
    cy.on('tap', 'edge', (event) => {
      this.dispatchEvent(new CustomEvent('edge', { detail: event.target.id() as string }));
    });
    return cy;
  }

  #draw(cy: cytoscape.Core): void {
    const { nodes, edges } = this.picture;
    let isOther = false;
    cy.elements().forEach((element) => {
      if (!nodes.has(element.id()) && !edges.has(element.id())) {
        element.remove();
        isOther = true;
      }
    });
    nodes.forEach((node) => {
      isOther = put(cy, 'nodes', node.id, { name: label(node), shape: SHAPES[node.kind] }) || isOther;
    });
    edges.forEach((edge) => {
      isOther = put(cy, 'edges', keyOf(edge), { source: edge.source, target: edge.dest, ...look(edge) }) || isOther;
    });
    if (isOther) {
      cy.layout(LAYOUT).run();
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
          width: 34,
          height: 34,
          'background-color': colour('raised'),
          'border-color': colour('muted'),
          'border-width': 1.5,
          color: colour('text'),
          'font-size': 13,
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
          'curve-style': 'bezier',
          'text-rotation': 'autorotate',
          'target-arrow-shape': 'triangle',
          width: 2,
          color: colour('text'),
          'font-size': 11,
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
    ];
  }
}

function put(cy: cytoscape.Core, group: 'nodes' | 'edges', id: string, data: object): boolean {
  const known = cy.getElementById(id);
  if (known.nonempty()) {
    known.data(data);
    return false;
  }
  cy.add({ group, data: { id, ...data }, position: place(cy.nodes().length) } as cytoscape.ElementDefinition);
  return true;
}

/** Where the nth node begins: on a spiral, for forces between nodes in one line never leave it. */
function place(n: number): cytoscape.Position {
  const radius = 150 * Math.sqrt(n);
  return { x: radius * Math.cos(n * GOLDEN_ANGLE), y: radius * Math.sin(n * GOLDEN_ANGLE) };
}

function label(node: MapNode): string {
  return node.kind === 'group' ? `${node.name} (${node.members})` : node.name;
}

function look(edge: MapEdge): { verdict: Verdict; label: string } {
  const verdict = verdictOf(edge);
  return { verdict, label: `${VERDICTS[verdict].glyph} ${portsOf(edge)}` };
}

export type { Graph };

customElements.define('seg-graph', Graph);
