import type { MapDecider, MapEdge, MapNode, Plan, PlanRow } from '../bus/messages.js';
import { keyOf, type Picture } from './picture.js';

export type Change = 'blocked' | 'allowed' | 'audited';

/** Sign and words of each change, and the verdict whose colour it has. */
export const CHANGES = {
  blocked: { words: '✖ newly blocked', look: 'dropped' },
  allowed: { words: '✔ newly allowed', look: 'allowed' },
  audited: { words: '◐ newly audited', look: 'audited' },
} as const;

/** A picture, and what a candidate changes about its edges, by their keys. */
export interface Drafted {
  picture: Picture;
  changes: ReadonlyMap<string, Change>;
}

/** Lays a plan over a picture; recorded connections that are not in it are added. Of several changes the gravest is shown. */
export function drafted(picture: Picture, plan: Plan): Drafted {
  const nodes = new Map(picture.nodes);
  const edges = new Map(picture.edges);
  const changes = new Map<string, Change>();
  const byName = new Map([...nodes.values()].map((node) => [node.name, node.id]));
  const place = (name: string): string => {
    const id = byName.get(name) ?? `draft:${name}`;
    if (!nodes.has(id)) {
      nodes.set(id, { id, kind: 'unknown', name, members: 1 } satisfies MapNode);
      byName.set(name, id);
    }
    return id;
  };
  const parts: [Change, PlanRow[]][] = [
    ['blocked', plan.newly_blocked.rows],
    ['allowed', plan.newly_allowed.rows],
    ['audited', plan.newly_audited.rows],
  ];
  for (const [change, rows] of parts) {
    for (const row of rows) {
      const ends = {
        source: place(row.source_name ?? row.source_ip ?? 'unknown'),
        dest: place(row.dest_name ?? row.dest_ip ?? 'unknown'),
      };
      const key = keyOf(ends);
      edges.set(key, edges.get(key) ?? { ...ends, ...recorded(row) });
      changes.set(key, changes.get(key) ?? change);
    }
  }
  return { picture: { ...picture, nodes, edges }, changes };
}

function recorded(row: PlanRow): Omit<MapEdge, 'source' | 'dest'> {
  const by: MapDecider = { ...row.now, at: row.last };
  const isAllowed = row.now.action === 'allow';
  const figures = { allowed: isAllowed ? row.count : 0, dropped: isAllowed ? 0 : row.count, audited: 0 };
  return {
    ...figures,
    ...(isAllowed ? { last_allowed: by } : { last_dropped: by }),
    ports: [{ protocol: row.protocol, port: row.dest_port ?? 0, ...figures }],
    omitted_ports: 0,
    first: row.last,
    last: row.last,
  };
}
