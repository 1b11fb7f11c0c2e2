import assert from 'node:assert/strict';
import { test } from 'node:test';
import { format, parse, spanOf, START } from '../src/state/address.js';

test('an address says the same to whoever opens it', () => {
  const route = { page: 'flows', window: '1h', at: '2026-03-02T09:15:00.000Z', filter: 'to.port:5432 -from.label:app=web&x', group: 'app', policy: 'web-db' } as const;
  assert.deepEqual(parse(format(route)), route);
});

test('defaults are left out', () => {
  assert.equal(format({ ...START, page: 'hosts' }), '#/hosts');
});

test('what an address gets wrong is the default', () => {
  assert.deepEqual(parse('#/nowhere?window=3y&at=noon&x=1'), START);
  assert.deepEqual(parse(''), START);
});

test('a window ends at the time in the address', () => {
  const at = '2026-03-02T09:15:00.000Z';
  assert.deepEqual(spanOf({ window: '1h', at }), { since: '2026-03-02T08:15:00.000Z', until: at });
  assert.deepEqual(spanOf({ window: 'live', at }), { since: '2026-03-02T09:00:00.000Z', until: at });
  assert.deepEqual(Object.keys(spanOf({ window: 'live', at: '' })), ['since']);
});
