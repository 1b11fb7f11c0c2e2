import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MapChange, MapEdge, MapNode } from '../src/bus/messages.js';
import { difference, elementsOf, type Elements } from '../src/map/elements.js';
import { changed, EMPTY, type Picture } from '../src/map/picture.js';

const AT = '2026-03-02T09:15:00Z';
const LATER = '2026-03-02T09:16:00Z';

function node(name: string): MapNode {
  return { id: `ip:${name}`, kind: 'address', name, members: 1 };
}

function edge(source: string, dest: string): MapEdge {
  return {
    source: `ip:${source}`,
    dest: `ip:${dest}`,
    allowed: 0,
    dropped: 1,
    audited: 0,
    last_dropped: { reason: 'RULE_DENY', at: AT },
    ports: [{ protocol: 'tcp', port: 443, allowed: 0, dropped: 1, audited: 0 }],
    omitted_ports: 0,
    first: AT,
    last: AT,
  };
}

function after(before: Picture, change: Partial<MapChange>): Picture {
  const sequence = before.sequence + 1;
  const next = changed(before, { term: '', sequence, full: false, at: AT, nodes: [], edges: [], gone_nodes: [], gone_edges: [], ...change });
  assert.ok(next !== undefined);
  return next;
}

function shown(picture: Picture): Elements {
  return elementsOf({ picture, changes: new Map() });
}

const many = Array.from({ length: 1_000 }, (_, index) => `10.0.${Math.floor(index / 250)}.${index % 250}`);
const edges = many.map((source) => edge(source, 'db'));
const busy = after(EMPTY, { nodes: [...many, 'db'].map(node), edges });

test('a map drawn from nothing has all nodes before the lines between them', () => {
  const { added, changed, removed, isOther } = difference(new Map(), shown(busy));
  assert.equal(added.length, 2_001);
  assert.ok(added.slice(0, 1_001).every(({ group }) => group === 'nodes'));
  assert.deepEqual([changed, removed, isOther], [[], [], true]);
});

test('connections that only go on change nothing that is drawn', () => {
  const more = edges.map((each) => ({ ...each, dropped: 40, last: LATER, last_dropped: { reason: 'RULE_DENY', at: LATER } }));
  assert.deepEqual(difference(shown(busy), shown(after(busy, { edges: more }))), { added: [], changed: [], removed: [], isOther: false });
});

test('of a thousand lines only the one whose verdict changed is told, and nothing is laid out anew', () => {
  const [first] = edges as [MapEdge];
  const allowed = { ...first, allowed: 1, last_allowed: { reason: 'RULE_ALLOW', at: LATER } };
  const { added, changed, removed, isOther } = difference(shown(busy), shown(after(busy, { edges: [allowed, ...edges.slice(1)] })));
  assert.deepEqual(
    changed.map(({ data }) => [data['id'], data['verdict']]),
    [['ip:10.0.0.0 ip:db', 'allowed']],
  );
  assert.deepEqual([added, removed, isOther], [[], [], false]);
});

test('nodes that come or go are told, and that there are others', () => {
  const more = after(busy, { nodes: [node('web')], edges: [edge('web', 'db')] });
  const came = difference(shown(busy), shown(more));
  assert.deepEqual(came.added.map(({ data }) => data['id']), ['ip:web', 'ip:web ip:db']);
  assert.ok(came.isOther);
  const less = after(more, { gone_nodes: ['ip:web'], gone_edges: [{ source: 'ip:web', dest: 'ip:db' }] });
  const went = difference(shown(more), shown(less));
  assert.deepEqual(went.removed, ['ip:web', 'ip:web ip:db']);
  assert.ok(went.isOther);
  assert.ok(!difference(shown(more), shown(after(more, { gone_edges: [{ source: 'ip:web', dest: 'ip:db' }] }))).isOther);
});

test('lines have labels while there are few, and those that a candidate changes always', () => {
  const few = after(EMPTY, { nodes: [node('web'), node('db')], edges: [edge('web', 'db')] });
  assert.equal(shown(few).get('ip:web ip:db')?.data['label'], '✖ tcp/443');
  assert.equal(shown(busy).get('ip:10.0.0.0 ip:db')?.data['label'], '');
  const drafted = elementsOf({ picture: busy, changes: new Map([['ip:10.0.0.0 ip:db', 'allowed']]) });
  assert.equal(drafted.get('ip:10.0.0.0 ip:db')?.data['label'], '✖ tcp/443 → ✔ newly allowed');
});

test('only lines that would lie upon each other are bent', () => {
  const ways = after(EMPTY, {
    nodes: ['a', 'b', 'c'].map(node),
    edges: [edge('a', 'b'), edge('b', 'a'), edge('b', 'c'), edge('c', 'c')],
  });
  const bent = [...shown(ways).values()].filter(({ data }) => data['curve'] === 'bezier');
  assert.deepEqual(bent.map(({ data }) => data['id']), ['ip:a ip:b', 'ip:b ip:a', 'ip:c ip:c']);
});
