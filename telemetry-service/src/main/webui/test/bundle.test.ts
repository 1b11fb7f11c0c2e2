import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';

const RESOURCES = join(import.meta.dirname, '../../../../../target/classes/META-INF/resources');
const BUDGET = 300_000;

/** Scripts and styles that the page loads before it shows anything. */
function initialFiles(): string[] {
  const page = readFileSync(join(RESOURCES, 'index.html'), 'utf8');
  return [...page.matchAll(/<(?:script|link)[^>]+(?:src|href)="\.\/(assets\/[^"]+\.(?:js|css))"/g)].map((match) => match[1] as string);
}

test('what everybody loads at first stays within 300 kB, gzipped', () => {
  const files = initialFiles();
  assert.ok(files.some((file) => file.endsWith('.js')) && files.some((file) => file.endsWith('.css')), `${files}`);
  const size = files.reduce((sum, file) => sum + gzipSync(readFileSync(join(RESOURCES, file))).length, 0);
  assert.ok(size <= BUDGET, `${size} bytes of ${files}`);
});

test('neither the map nor the editor is among it', () => {
  const all = initialFiles().map((file) => readFileSync(join(RESOURCES, file), 'utf8')).join();
  assert.ok(!all.includes('fcose'));
  assert.ok(!all.includes('cm-content'));
});
