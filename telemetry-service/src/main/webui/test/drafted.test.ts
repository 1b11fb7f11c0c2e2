import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { MapFound, Plan } from '../src/bus/messages.js';
import { drafted } from '../src/map/drafted.js';
import { pictureOf, portsOf, verdictOf } from '../src/map/picture.js';

const EXAMPLES = join(
  import.meta.dirname,
  '../../../../../../contracts/src/main/resources/io/aegisflux/segmentation/contracts/examples',
);

function example<T>(name: string): T {
  return JSON.parse(readFileSync(join(EXAMPLES, `${name}.json`), 'utf8')) as T;
}

const picture = pictureOf(example<MapFound>('api-telemetry-map-reply'));
const decided = { action: 'allow', reason: 'POSTURE' } as const;
const row = {
  host_id: 'host-b',
  direction: 'ingress',
  source_name: 'api',
  dest_name: 'db',
  dest_port: 5432,
  protocol: 'tcp',
  count: 3,
  last: '2026-03-02T09:15:42Z',
  now: decided,
  then: decided,
} as const;
const nothing = { total: { distinct: 0, connections: 0 }, rows: [] };

function plan(changes: object): Plan {
  return { newly_blocked: nothing, newly_allowed: nothing, newly_audited: nothing, ...changes } as unknown as Plan;
}

test('a change is told of the edge that is there', () => {
  const after = drafted(picture, plan({ newly_blocked: { ...nothing, rows: [row] }, newly_audited: { ...nothing, rows: [row] } }));
  assert.deepEqual([...after.changes], [['workload:api workload:db', 'blocked']]);
  assert.deepEqual(after.picture.edges, picture.edges);
});

test('a recorded connection that the picture does not have is added as it was judged', () => {
  const { source_name: _, ...nameless } = row;
  const after = drafted(picture, plan({ newly_blocked: { ...nothing, rows: [{ ...nameless, source_ip: '198.18.9.9' }] } }));
  const added = after.picture.edges.get('draft:198.18.9.9 workload:db');
  assert.ok(added !== undefined);
  assert.equal(verdictOf(added), 'allowed');
  assert.equal(portsOf(added), 'tcp/5432');
  assert.equal(after.picture.nodes.get('draft:198.18.9.9')?.name, '198.18.9.9');
  assert.equal(picture.edges.size + 1, after.picture.edges.size);
});
