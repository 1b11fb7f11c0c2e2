import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stretches } from '../src/ui/stretches.js';

const NONE = -1;

test('what is drawn of many rows has a gap on either side', () => {
  assert.deepEqual(stretches(1_000, 300, 350, NONE), [
    { from: 0, to: 300, isDrawn: false },
    { from: 300, to: 350, isDrawn: true },
    { from: 350, to: 1_000, isDrawn: false },
  ]);
});

test('all of a few rows are drawn, and nothing of none', () => {
  assert.deepEqual(stretches(7, 0, 40, NONE), [{ from: 0, to: 7, isDrawn: true }]);
  assert.deepEqual(stretches(0, 0, 40, NONE), []);
});

test('a row that is kept is drawn once, before, among or after the others', () => {
  assert.deepEqual(stretches(100, 40, 60, 3).map(({ from, to, isDrawn }) => isDrawn && [from, to]), [false, [3, 4], false, [40, 60], false]);
  assert.deepEqual(stretches(100, 40, 60, 50), stretches(100, 40, 60, NONE));
  assert.deepEqual(stretches(100, 40, 60, 99).map(({ from, to, isDrawn }) => isDrawn && [from, to]), [false, [40, 60], false, [99, 100]]);
});

test('every row is in one stretch', () => {
  for (const kept of [NONE, 0, 39, 40, 59, 60, 99]) {
    let at = 0;
    for (const { from, to } of stretches(100, 40, 60, kept)) {
      assert.equal(from, at);
      at = to;
    }
    assert.equal(at, 100);
  }
});
