import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Flow } from '../src/bus/messages.js';
import { parse } from '../src/filter/filter.js';
import { written } from '../src/filter/syntax.js';

interface Vector {
  text: string;
  matches?: string[];
  error?: { position: number; message?: string; remedy?: string };
}

const VECTORS = join(
  import.meta.dirname,
  '../../../../../../contracts/src/main/resources/io/aegisflux/segmentation/contracts/filter-vectors.json',
);
const { rows, vectors } = JSON.parse(readFileSync(VECTORS, 'utf8')) as { rows: Record<string, Flow>; vectors: Vector[] };

for (const vector of vectors) {
  test(`the filter ${JSON.stringify(vector.text)} means here what it means in Java`, () => {
    const outcome = parse(vector.text);
    if (vector.error !== undefined) {
      assert.ok(!outcome.isValid);
      assert.equal(outcome.position, vector.error.position);
      assert.ok(outcome.problem.includes(vector.error.message ?? ''), outcome.problem);
      assert.ok(outcome.problem.includes(vector.error.remedy ?? ''), outcome.problem);
      return;
    }
    assert.ok(outcome.isValid);
    const matched = Object.entries(rows).flatMap(([name, flow]) => (outcome.matches(flow) ? [name] : []));
    assert.deepEqual(matched, vector.matches);
  });
}

test('a filter that is too long is refused at the first character too many', () => {
  const outcome = parse(`workload:${'a'.repeat(4_000)}`);
  assert.ok(!outcome.isValid);
  assert.equal(outcome.position, 4_000);
});

test('a value that was written is read as itself', () => {
  for (const value of ['db', 'night shift, "B"', 'back\\slash *']) {
    const outcome = parse(`workload:${written(value)}`);
    assert.ok(outcome.isValid);
    assert.ok(outcome.matches({ source: { workload: value }, dest: {} } as Flow));
  }
});
