import type { MapChange, MapDecider, MapEdge, MapFound, MapNode, Verdict } from '../bus/messages.js';

/** Nodes and edges at one time. */
export interface Picture {
  nodes: ReadonlyMap<string, MapNode>;
  edges: ReadonlyMap<string, MapEdge>;
  /** Of which message of which term the picture is; empty and 0 for one that no message changes. */
  term: string;
  sequence: number;
}

export const EMPTY: Picture = { nodes: new Map(), edges: new Map(), term: '', sequence: 0 };

/** Edges are known by their two ends. */
export function keyOf(edge: { source: string; dest: string }): string {
  return `${edge.source} ${edge.dest}`;
}

/** The picture of an answer. */
export function pictureOf(found: MapFound): Picture {
  return {
    nodes: new Map(found.nodes.map((node) => [node.id, node])),
    edges: new Map(found.edges.map((edge) => [keyOf(edge), edge])),
    term: found.term ?? '',
    sequence: found.sequence ?? 0,
  };
}

/** The picture after a change; undefined when messages are missing between the two, so that it has to be asked for. */
export function changed(before: Picture, change: MapChange): Picture | undefined {
  if (!change.full && change.term === before.term && change.sequence <= before.sequence) {
    return before;
  }
  if (!change.full && (change.term !== before.term || change.sequence !== before.sequence + 1)) {
    return undefined;
  }
  const nodes = new Map(change.full ? [] : before.nodes);
  const edges = new Map(change.full ? [] : before.edges);
  change.nodes.forEach((node) => nodes.set(node.id, node));
  change.edges.forEach((edge) => edges.set(keyOf(edge), edge));
  change.gone_edges.forEach((edge) => edges.delete(keyOf(edge)));
  change.gone_nodes.forEach((id) => nodes.delete(id));
  return { nodes, edges, term: change.term, sequence: change.sequence };
}

/** What became of the latest connection of an edge: it gives the edge its colour. */
export function verdictOf(edge: MapEdge): Verdict {
  return latest(edge)[0];
}

/** What decided about it. */
export function deciderOf(edge: MapEdge): MapDecider | undefined {
  return latest(edge)[1];
}

function latest(edge: MapEdge): [Verdict, MapDecider | undefined] {
  const all: [Verdict, MapDecider | undefined][] = [
    ['dropped', edge.last_dropped],
    ['audited', edge.last_audited],
    ['allowed', edge.last_allowed],
  ];
  return all.reduce((best, each) => (at(each[1]) > at(best[1]) ? each : best));
}

function at(decider: MapDecider | undefined): number {
  return decider === undefined ? 0 : Date.parse(decider.at);
}

/** The ports of an edge, e.g. "tcp/5432, udp/53 and 3 more". */
export function portsOf(edge: MapEdge): string {
  const names = edge.ports.map((each) => (each.port > 0 ? `${each.protocol}/${each.port}` : each.protocol));
  const more = edge.omitted_ports === 0 ? '' : ` and ${edge.omitted_ports} more`;
  return names.join(', ') + more;
}
