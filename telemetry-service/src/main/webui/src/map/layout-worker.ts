/** Runs in a thread of its own: places what it is told, and tells where. */
import cytoscape from 'cytoscape';
import fcose from 'cytoscape-fcose';
import { NODE, type Place, type Unplaced } from './layout.js';

cytoscape.use(fcose);

/** Begins where the nodes are, so that what is there already stays about there, and is the same each time. */
const LAYOUT = {
  name: 'fcose',
  animate: false,
  randomize: false,
  idealEdgeLength: 170,
  nodeRepulsion: 30_000,
} as cytoscape.LayoutOptions;

addEventListener('message', ({ data }: MessageEvent<Unplaced>) => {
  const cy = cytoscape({
    headless: true,
    styleEnabled: true,
    style: [{ selector: 'node', style: { width: NODE.size, height: NODE.size, 'border-width': NODE.border } }],
    elements: {
      nodes: data.nodes.map(({ id, x, y }) => ({ data: { id }, position: { x, y } })),
      edges: data.lines.map(({ source, target }) => ({ data: { source, target } })),
    },
    layout: { name: 'preset', fit: false },
  });
  cy.layout(LAYOUT).run();
  const places = new Map<string, Place>();
  cy.nodes().forEach((node) => {
    places.set(node.id(), { ...node.position() });
  });
  cy.destroy();
  postMessage(places);
});
