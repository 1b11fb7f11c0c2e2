import type { MapEdge, MapNode, Verdict } from '../bus/messages.js';
import { VERDICTS } from '../ui/verdict.js';
import { CHANGES, type Change, type Drafted } from './drafted.js';
import { keyOf, portsOf, verdictOf } from './picture.js';

/** What is told to the library that draws the map about a node or a line; its id is among the data. */
export interface Element {
  group: 'nodes' | 'edges';
  data: Record<string, string>;
}

export type Elements = ReadonlyMap<string, Element>;

/** More lines than that have no labels: nobody could read them, and drawing them is what takes long. */
const MOST_LABELS = 150;
const SHAPES: Record<MapNode['kind'], string> = {
  host: 'hexagon',
  workload: 'round-rectangle',
  address: 'ellipse',
  group: 'barrel',
  other: 'diamond',
  unknown: 'diamond',
};

/** The nodes and lines that show a picture, by their ids: nodes first, for lines need them. */
export function elementsOf({ picture: { nodes, edges }, changes }: Drafted): Elements {
  const all = new Map<string, Element>();
  nodes.forEach((node, id) => all.set(id, { group: 'nodes', data: { id, name: nameOf(node), shape: SHAPES[node.kind] } }));
  edges.forEach((edge, id) => {
    const verdict = verdictOf(edge);
    const change = changes.get(id);
    const isLabelled = change !== undefined || edges.size <= MOST_LABELS;
    const label = isLabelled ? labelOf(edge, verdict, change) : '';
    const { source, dest: target } = edge;
    // Only those that would lie upon each other are bent, for a bend has to be reckoned.
    const curve = source === target || edges.has(keyOf({ source: target, dest: source })) ? 'bezier' : 'straight';
    all.set(id, { group: 'edges', data: { id, source, target, verdict, change: change ?? '', label, curve } });
  });
  return all;
}

/** What has to be told so that the elements of before become those of after. */
export interface Difference {
  added: Element[];
  /** Those that look different. */
  changed: Element[];
  removed: string[];
  /** Whether there are other nodes than before. */
  isOther: boolean;
}

export function difference(before: Elements, after: Elements): Difference {
  const added: Element[] = [];
  const changed: Element[] = [];
  after.forEach((element, id) => {
    const known = before.get(id);
    if (known === undefined) {
      added.push(element);
    } else if (Object.entries(element.data).some(([key, value]) => known.data[key] !== value)) {
      changed.push(element);
    }
  });
  const removed = [...before.keys()].filter((id) => !after.has(id));
  const isOther = added.some(({ group }) => group === 'nodes') || removed.some((id) => before.get(id)?.group === 'nodes');
  return { added, changed, removed, isOther };
}

function nameOf(node: MapNode): string {
  return node.kind === 'group' ? `${node.name} (${node.members})` : node.name;
}

function labelOf(edge: MapEdge, verdict: Verdict, change: Change | undefined): string {
  const label = `${VERDICTS[verdict].glyph} ${portsOf(edge)}`;
  return change === undefined ? label : `${label} → ${CHANGES[change].words}`;
}
