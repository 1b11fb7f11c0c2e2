import assert from 'node:assert/strict';
import { test } from 'node:test';
import { format, parse, START } from '../src/state/address.js';

test('an address says the same to whoever opens it', () => {
  const route = { page: 'flows', window: '1h', filter: 'to.port:5432 -from.label:app=web&x', group: 'app', policy: 'web-db' } as const;
  assert.deepEqual(parse(format(route)), route);
});

test('defaults are left out', () => {
  assert.equal(format({ ...START, page: 'hosts' }), '#/hosts');
});

test('what an address gets wrong is the default', () => {
  assert.deepEqual(parse('#/nowhere?window=3y&x=1'), START);
  assert.deepEqual(parse(''), START);
});
