/**
 * Opens a page of the dashboard and measures it until a line comes in: DashboardBenchmark runs this. It says `ready` when
 * the page is connected, and at the end one line of JSON: the longest gap between two frames and how many frames there were,
 * what the page shows, and how long the map's last layout took. Times are in milliseconds.
 */
import { createInterface } from 'node:readline/promises';
import { chromium } from 'playwright-core';

const PATIENCE = 60_000;

const [address] = process.argv.slice(2);
if (address === undefined) {
  throw new Error('the address of a page is wanted');
}
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
try {
  const page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
  page.setDefaultTimeout(PATIENCE);
  await page.goto(address);
  await page.getByTestId('link').getByText('connected', { exact: true }).waitFor();
  await page.evaluate(() => {
    const seen = { longest: 0, frames: 0, before: performance.now() };
    const next = (now: number): void => {
      seen.longest = Math.max(seen.longest, now - seen.before);
      seen.frames++;
      seen.before = now;
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
    Object.assign(globalThis, { seen });
  });
  console.log('ready');
  const lines = createInterface({ input: process.stdin });
  await lines[Symbol.asyncIterator]().next();
  lines.close();
  const measured = await page.evaluate(() => {
    const { longest, frames } = (globalThis as unknown as { seen: { longest: number; frames: number } }).seen;
    return { longest, frames, layout: performance.getEntriesByName('layout').at(-1)?.duration ?? 0 };
  });
  // Only now: to look for a role holds the page up, with many rows for longer than anything that is measured.
  const rows = Number(await page.getByRole('table').getAttribute('aria-rowcount'));
  console.log(JSON.stringify({ ...measured, rows }));
} finally {
  await browser.close();
}
