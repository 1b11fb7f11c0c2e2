import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { MapChange, MapEdge, MapFound } from '../src/bus/messages.js';
import { changed, deciderOf, pictureOf, portsOf, verdictOf } from '../src/map/picture.js';

const EXAMPLES = join(
  import.meta.dirname,
  '../../../../../../contracts/src/main/resources/io/aegisflux/segmentation/contracts/examples',
);

function example<T>(name: string): T {
  return JSON.parse(readFileSync(join(EXAMPLES, `${name}.json`), 'utf8')) as T;
}

const found = example<MapFound>('api-telemetry-map-reply');
const full = example<MapChange>('telemetry-map');
const delta = example<MapChange>('telemetry-map-delta');

test('a change adds what is new and forgets what is gone', () => {
  const after = changed(pictureOf(found), delta);
  assert.ok(after !== undefined);
  assert.deepEqual([...after.nodes.keys()].sort(), ['ip:198.18.2.1', 'workload:api', 'workload:db']);
  assert.deepEqual([...after.edges.keys()].sort(), ['workload:api workload:db', 'workload:db ip:198.18.2.1']);
  assert.equal(after.sequence, 2);
});

test('a change that is in the picture already changes nothing', () => {
  const picture = pictureOf(found);
  assert.equal(changed(picture, { ...delta, sequence: 1 }), picture);
});

test('after a gap, or in another term, the picture has to be asked for', () => {
  assert.equal(changed(pictureOf(found), { ...delta, sequence: 3 }), undefined);
  assert.equal(changed(pictureOf(found), { ...delta, term: 'another' }), undefined);
});

test('all of it replaces what was there', () => {
  const after = changed({ ...pictureOf(found), term: 'another', sequence: 77 }, full);
  assert.deepEqual(after?.nodes, pictureOf(found).nodes);
  assert.equal(after?.term, full.term);
});

test('the latest connection gives an edge its verdict', () => {
  const edge = found.edges.find((each) => each.source === 'workload:web') as MapEdge;
  assert.equal(verdictOf(edge), 'dropped');
  const later = { ...edge, last_allowed: { reason: 'RULE_ALLOW', at: '2026-03-02T09:16:00Z' } };
  assert.equal(verdictOf(later), 'allowed');
  assert.equal(deciderOf(edge)?.rule_id, 'deny-others');
});

test('ports are named, and those left out counted', () => {
  const edge = found.edges[0] as MapEdge;
  assert.equal(portsOf(edge), 'tcp/5432');
  assert.equal(portsOf({ ...edge, omitted_ports: 3 }), 'tcp/5432 and 3 more');
});
