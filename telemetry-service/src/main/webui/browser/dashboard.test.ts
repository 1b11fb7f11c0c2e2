import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium, type Browser, type Locator, type Page } from 'playwright-core';
import { Fleet } from './fleet.js';

const PATIENCE = 30_000;
/** What each page shows once it has its answers. */
const PAGES = [
  ['map', 'web-db@v1/deny-others'],
  ['flows', 'web-db@v1/deny-others'],
  ['policies?policy=web-db', '"deny-others"'],
  ['hosts', 'role=data'],
  ['editor?policy=web-db', 'The document holds its schema.'],
] as const;

let browser: Browser;
let fleet: Fleet;
let page: Page;
let complaints: string[];

before(async () => {
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  fleet = await Fleet.connect(of('NATS_URL'));
  await fleet.publishExample('web-db');
  await fleet.count();
});

after(async () => {
  await fleet?.close();
  await browser?.close();
});

beforeEach(async () => {
  const context = await browser.newContext({ viewport: { width: 1400, height: 1000 }, colorScheme: 'light' });
  page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  await page.addInitScript({ path: join(import.meta.dirname, '../../browser/drawn.js') });
  complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
});

afterEach(async () => {
  await page.context().close();
  assert.deepEqual(complaints, []);
});

test('the map shows who is blocked in red, and the table of connections says the same', async () => {
  await open('map');
  await fleet.record();
  await fleet.drop();
  await fleet.audit();
  const blocked = row('connections', 'web', 'db');
  await blocked.getByText('dropped').waitFor();
  await blocked.getByText('web-db@v1/deny-others').waitFor();
  await row('connections', 'api', 'db').getByText('allowed').waitFor();

  await row('connections', 'api', 'web').getByText('audited').waitFor();

  await page.waitForFunction(() => drawn().length === 3);
  const lines = await page.evaluate(() => drawn());
  assert.deepEqual(lines.sort((a, b) => a.verdict.localeCompare(b.verdict)), [
    { verdict: 'allowed', label: '✔ tcp/5432', colour: 'rgb(20,113,61)', style: 'solid' },
    { verdict: 'audited', label: '◐ tcp/8080', colour: 'rgb(143,82,0)', style: 'dotted' },
    { verdict: 'dropped', label: '✖ tcp/5432', colour: 'rgb(180,35,24)', style: 'dashed' },
  ]);
  await shoot('map-light');
  await page.getByTestId('theme').click();
  await shoot('map-dark');
});

test('a row names policy and rule, and can be explained', async () => {
  await open('flows');
  await fleet.drop();
  const dropped = page.getByTestId('flows').getByRole('row').filter({ hasText: 'web-db@v1/deny-others' }).first();
  await dropped.getByText('RULE_DENY').waitFor();
  await dropped.getByRole('button', { name: 'Explain' }).press('Enter');
  const explained = page.getByTestId('explain');
  await explained.getByTestId('explain-decision').getByText('web-db@v1/deny-others').waitFor();
  await explained.getByText('Nearest allow rule').waitFor();
  await shoot('explain');
  await page.keyboard.press('Escape');
  await explained.waitFor({ state: 'hidden' });
});

test('filter and time window stand in the address and survive a reload', async () => {
  await open('flows');
  await fleet.drop();
  await page.getByTestId('filter').fill('verdict:allowed from:web');
  await page.getByTestId('window').selectOption('1h');
  await page.getByText('No flow yet that the filter lets through.').waitFor();
  assert.match(page.url(), /#\/flows\?window=1h&filter=verdict%3Aallowed\+from%3Aweb$/);

  await page.reload();
  assert.equal(await page.getByTestId('filter').inputValue(), 'verdict:allowed from:web');
  assert.equal(await page.getByTestId('window').inputValue(), '1h');
  await page.getByText('No flow yet that the filter lets through.').waitFor();
  await page.getByTestId('filter').fill('verdict:dropped from:web');
  await page.getByTestId('flows').getByText('web-db@v1/deny-others').first().waitFor();
  await page.getByTestId('filter').fill('verdict:denied');
  await page.getByTestId('filter-problem').getByText('"denied" is none of them; one of allowed, dropped, audited').waitFor();
});

test('a paused table stands still until it is played', async () => {
  await open('flows');
  await fleet.drop();
  const flows = page.getByTestId('flows');
  await flows.getByText('tcp/5432').first().waitFor();
  await page.getByTestId('pause').press('Space');
  await fleet.drop(5901);
  // Another page shows it: this one has heard it too.
  const other = await browser.newPage();
  await other.goto(`${of('PAGE_URL')}/#/flows`);
  await other.getByTestId('flows').getByText('tcp/5901').first().waitFor({ timeout: PATIENCE });
  await other.close();
  assert.equal(await flows.getByText('tcp/5901').count(), 0);
  await page.getByTestId('pause').press('Space');
  await flows.getByText('tcp/5901').first().waitFor();
});

test('policies are listed with mode, version and hits; one is shown with its history and document', async () => {
  await open('policies');
  const listed = page.getByTestId('policies').getByRole('row').filter({ hasText: 'web-db' });
  await listed.getByText('enforce').waitFor();
  await listed.getByText('v1', { exact: true }).waitFor();
  await listed.getByText('120', { exact: true }).waitFor();
  await listed.getByRole('link', { name: 'web-db', exact: true }).press('Enter');
  await page.getByTestId('history').getByText('created').waitFor();
  await page.getByTestId('document').getByText('"deny-others"').waitFor();
  await shoot('policies');
});

test('hosts are listed with the revision that they have and should have', async () => {
  await open('hosts');
  const host = page.getByTestId('hosts').getByRole('row').filter({ hasText: 'host-b' });
  await host.getByText('role=data').waitFor();
  await host.getByText('42', { exact: true }).waitFor();
});

test('the editor knows the schema, lints and plans a candidate', async () => {
  await fleet.record();
  await open('editor?policy=web-db');
  const text = page.getByRole('textbox', { name: 'Policy document' });
  await text.getByText('"deny-others"').waitFor();
  await page.getByText('The document holds its schema.').waitFor();

  await write(text, '{ "id": "web-db", "name": "Nobody", "type": "network", "priority": "high", "rules": [] }');
  await page.getByTestId('problems').getByText('line 1: Incorrect type. Expected "integer".').waitFor();
  assert.equal(await page.getByTestId('lint').isDisabled(), true);

  await write(text, '{ "mode": ');
  await page.keyboard.press('Control+Space');
  await page.getByRole('option', { name: '"audit"' }).waitFor();
  await page.keyboard.press('Escape');

  await write(
    text,
    '{ "id": "web-db", "name": "Nobody", "type": "network", "priority": 100, "default_action": "none", "rules": [' +
      '{ "id": "deny-all", "action": "deny", "priority": 1, "conditions": [ { "field": "dest_port", "operator": "eq", "value": 5432 } ] } ] }',
  );
  await page.getByText('The document holds its schema.').waitFor();
  await page.getByTestId('lint').click();
  const plan = page.getByTestId('plan');
  await plan.getByText('Newly blocked: 1').waitFor();
  await plan.getByText('web-db@v2/deny-all').waitFor();
  await page.getByTestId('findings').waitFor();
  await shoot('plan');
});

test('a viewer cannot publish a policy, and the page says so', async () => {
  await open('editor?policy=web-db');
  await page.getByText('The document holds its schema.').waitFor();
  await page.getByRole('textbox', { name: 'Policy document' }).getByText('"deny-others"').waitFor();
  await page.getByTestId('publish').click();
  const refusal = page.getByTestId('refusal');
  await refusal.getByText('FORBIDDEN').waitFor();
  await refusal.getByText('does not grant this user to publish on segmentation.policies.web-db').waitFor();
  assert.equal(await page.getByTestId('publish').isDisabled(), true);
  assert.equal(await fleet.versions('web-db'), 1);
});

test('a staged version is shown with what became of it on each host', async () => {
  await fleet.stage('no-discard');
  await open('hosts');
  const rollout = page.getByTestId('rollout').filter({ hasText: 'no-discard' });
  await rollout.getByText('v0 → v1').waitFor();
  await rollout.getByRole('row').filter({ hasText: 'host-b' }).getByText('canary').waitFor();
});

test('the page says when the broker is gone, and goes on when it is back', async () => {
  await open('flows');
  await broker('stop');
  await page.getByTestId('away').getByText('No connection to ws://').waitFor();
  await page.getByTestId('link').getByText('disconnected').waitFor();
  await shoot('away');
  await broker('start');
  await page.getByTestId('away').waitFor({ state: 'detached' });
  await page.getByTestId('link').getByText('connected', { exact: true }).waitFor();
  await fleet.drop(5902);
  await page.getByTestId('flows').getByText('tcp/5902').first().waitFor();
});

test('axe finds nothing serious on any page, and in dark mode no contrast that is too low', async () => {
  await fleet.record();
  await fleet.drop();
  for (const [address, word] of PAGES) {
    await open(address);
    await page.getByText(word).first().waitFor();
    assert.deepEqual(await serious(address, new AxeBuilder({ page })), []);
    await page.getByTestId('theme').click();
    assert.deepEqual(await serious(`${address} (dark)`, new AxeBuilder({ page }).withRules('color-contrast')), []);
    await page.getByTestId('theme').click();
  }
});

test('nothing is asked of other servers, and the page itself is not kept by caches', async () => {
  const answer = await fetch(`${of('PAGE_URL')}/`);
  assert.equal(answer.headers.get('cache-control'), 'no-cache');
  const script = /src="\.\/(assets\/[^"]+\.js)"/.exec(await answer.text())?.[1];
  const kept = await fetch(`${of('PAGE_URL')}/${script}`);
  assert.match(kept.headers.get('cache-control') ?? '', /immutable/);
  const hosts = new Set<string>();
  page.on('request', (request) => hosts.add(new URL(request.url()).host));
  await open('map');
  assert.deepEqual([...hosts], [new URL(of('PAGE_URL')).host]);
});

function of(variable: string): string {
  const value = process.env[variable];
  assert.ok(value !== undefined, `${variable} is not set: DashboardIT runs these tests`);
  return value;
}

async function open(path: string): Promise<void> {
  await page.goto(`${of('PAGE_URL')}/#/${path}`);
  await page.getByTestId('link').getByText('connected', { exact: true }).waitFor();
}

function row(table: string, ...words: string[]): Locator {
  return words.reduce(
    (rows, word) => rows.filter({ has: page.getByRole('cell', { name: word, exact: true }) }),
    page.getByTestId(table).getByRole('row'),
  );
}

async function serious(address: string, axe: AxeBuilder): Promise<string[]> {
  const { violations } = await axe.analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${address}: ${id}: ${nodes.map((node) => node.html).join(' ')}`);
}

async function write(text: Locator, content: string): Promise<void> {
  await text.click();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(content);
}

async function shoot(name: string): Promise<void> {
  await page.screenshot({ path: join(of('SCREENSHOTS'), `${name}.png`) });
}

async function broker(what: 'stop' | 'start'): Promise<void> {
  const done = await fetch(`${of('CONTROL_URL')}/broker/${what}`, { method: 'POST' });
  assert.ok(done.ok);
}

/** In the page: the lines on the canvas of the map. */
declare function drawn(): { verdict: string; colour: string; style: string; label: string }[];
