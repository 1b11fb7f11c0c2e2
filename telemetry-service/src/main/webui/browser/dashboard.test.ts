import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium, type Browser, type Locator, type Page } from 'playwright-core';
import { eventually, World } from './world.js';

const PATIENCE = 60_000;
/** What each page shows once it has its answers. */
const PAGES = [
  ['map', 'tcp/5432'],
  ['flows', 'web-db@v1/deny-others'],
  ['policies?policy=web-db', '"deny-others"'],
  ['hosts', 'role=data'],
  ['editor?policy=web-db', 'The document holds its schema.'],
] as const;

/** So many rows of a table are never in the page. */
const MOST_ROWS = 100;

/** Among a policy's figures: after priority and rules. */
const HITS = 2;

/** What flows say when the answer about the past has come, and the filter holds back all of it. */
const NOTHING = /\b0 rows · \S+ hidden by the filter/;

let browser: Browser;
let world: World;
let page: Page;
/** When web was blocked, api allowed and db audited, and nothing else had happened yet. */
let beginning: string;
let complaints: string[];

before(async () => {
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  world = await World.connect(of('NATS_URL'), of('CONTROL_URL'));
  await world.drop();
  assert.equal(await world.tcp('api', 'db', 5432), true);
  assert.equal(await world.tcp('db', 'web', 80), true);
  await world.known('verdict:dropped from:web to:db policy:web-db');
  await world.known('verdict:allowed from:api to:db policy:web-db');
  await world.known('verdict:audited from:db to:web policy:trial');
  beginning = new Date().toISOString();
});

after(async () => {
  await world?.close();
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
  const blocked = connection('web', 'db');
  await blocked.getByText('dropped').waitFor();
  await blocked.getByText('web-db@v1/deny-others').waitFor();
  const allowed = connection('api', 'db');
  await allowed.getByText('allowed').waitFor();
  await allowed.getByText('web-db@v1/allow-api').waitFor();
  const audited = connection('db', 'web');
  await audited.getByText('audited').waitFor();
  await audited.getByText('trial@v1/closed').waitFor();

  await page.waitForFunction(() => drawn().length >= 3);
  const lines = await page.evaluate(() => drawn());
  const line = (source: string, target: string): object[] =>
    lines
      .filter((each) => each.source === source && each.target === target)
      .map(({ verdict, label, colour, style }) => ({ verdict, label, colour, style }));
  assert.deepEqual(line('web', 'db'), [{ verdict: 'dropped', label: '✖ tcp/5432', colour: 'rgb(180,35,24)', style: 'dashed' }]);
  assert.deepEqual(line('api', 'db'), [{ verdict: 'allowed', label: '✔ tcp/5432', colour: 'rgb(20,113,61)', style: 'solid' }]);
  assert.deepEqual(line('db', 'web'), [{ verdict: 'audited', label: '◐ tcp/80', colour: 'rgb(143,82,0)', style: 'dotted' }]);
  await shoot('map-light');
  await page.getByTestId('theme').click();
  await shoot('map-dark');
});

test('a line of the map and its row in the table are explained', async () => {
  await open('map?filter=from%3Aweb+to%3Adb');
  await page.waitForFunction(() => drawn().length === 1);
  const [line] = await page.evaluate(() => drawn());
  assert.ok(line !== undefined);
  await page.mouse.click(line.x, line.y);
  const decision = page.getByTestId('explain-decision');
  await decision.getByText('web-db@v1/deny-others').waitFor();
  await page.keyboard.press('Escape');
  await decision.waitFor({ state: 'hidden' });
  await page.getByRole('button', { name: 'Explain web to db' }).click();
  await decision.getByText('web-db@v1/deny-others').waitFor();
});

test('the map is grouped by a label, and stays so for who opens its address', async () => {
  await open('map');
  await page.getByTestId('group').fill('app');
  await page.getByTestId('group').press('Enter');
  const blocked = page.getByTestId('connections').getByRole('row').filter({ has: page.getByRole('link', { name: 'Flows from app=web to app=db' }) });
  await blocked.getByText('dropped').waitFor();
  assert.match(page.url(), /#\/map\?group=app$/);
  await page.reload();
  await blocked.getByText('dropped').waitFor();
  await page.waitForFunction(() => drawn().some(({ source, target }) => source === 'app=web (1)' && target === 'app=db (1)'));
  await blocked.getByRole('link').click();
  await page.getByTestId('flows').getByText('web-db@v1/deny-others').first().waitFor();
  assert.equal(await page.getByTestId('filter').inputValue(), 'from.label:app=web to.label:app=db');
});

test('a row names policy and rule, and can be explained', async () => {
  await open('flows');
  await world.drop();
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

test('rows of what was allowed, audited and refused at connect are explained, or say why they cannot be', async () => {
  assert.equal(await world.tcp('host-a', 'db', 23), false);
  await world.known('policy:no-telnet');
  const explained = page.getByTestId('explain');
  await open('flows?window=1h');
  for (const [decider, answer] of [
    ['web-db@v1/allow-api', '✔ allowed by web-db@v1/allow-api (RULE_ALLOW)'],
    ['trial@v1/closed', '◐ trial@v1/closed would deny it, but audits only'],
    ['no-telnet@v1/closed', 'the row names what decided then: no-telnet@v1/closed'],
  ] as const) {
    const told = page.getByTestId('flows').getByRole('row').filter({ hasText: decider }).first();
    await told.getByRole('button', { name: 'Explain' }).click();
    await explained.getByText(answer).waitFor();
    await page.keyboard.press('Escape');
    await explained.waitFor({ state: 'hidden' });
  }
});

test('the filter offers its keys, and the values that there are', async () => {
  await open('flows');
  const offered = (value: string): Promise<void> => page.locator(`datalist option[value="${value}"]`).waitFor({ state: 'attached' });
  await offered('verdict:');
  await page.getByTestId('filter').fill('verdict:dropped policy:w');
  await offered('verdict:dropped policy:web-db');
  await page.getByTestId('filter').fill('!from:app=');
  await offered('!from:app=web');
  await page.getByTestId('filter').fill('to.port:5');
  await offered('to.port:5432');
});

test('filter and time window stand in the address and survive a reload', async () => {
  await open('flows');
  await page.getByTestId('filter').fill('verdict:audited from:web');
  await page.getByTestId('window').selectOption('1h');
  await page.getByText(NOTHING).waitFor();
  assert.match(page.url(), /#\/flows\?window=1h&filter=verdict%3Aaudited\+from%3Aweb$/);

  await page.reload();
  assert.equal(await page.getByTestId('filter').inputValue(), 'verdict:audited from:web');
  assert.equal(await page.getByTestId('window').inputValue(), '1h');
  await page.getByText(NOTHING).waitFor();
  await page.getByTestId('filter').fill('verdict:dropped from:web');
  await page.getByTestId('flows').getByText('web-db@v1/deny-others').first().waitFor();
  await page.getByTestId('filter').fill('verdict:denied');
  await page.getByTestId('filter-problem').getByText('"denied" is none of them; one of allowed, dropped, audited').waitFor();
});

test('the map is saved as SVG and PNG, flows as CSV and JSON', async () => {
  await open('map?filter=from%3Aweb+to%3Adb');
  await page.waitForFunction(() => drawn().length === 1);
  const svg = (await saved('SVG', /^map-\d{8}T\d{6}Z\.svg$/)).toString();
  assert.match(svg, /<line [^>]*stroke="rgb\(180,35,24\)"[^>]* stroke-dasharray="6 4"/);
  assert.match(svg, />✖ tcp\/5432[^<]*<\/text>/);
  assert.match(svg, />web<\/text>/);
  const png = await saved('PNG', /^map-.*\.png$/);
  assert.equal(png.subarray(1, 4).toString(), 'PNG');

  await open('flows?window=1h&filter=policy%3Aweb-db+verdict%3Adropped');
  await page.getByTestId('flows').getByText('web-db@v1/deny-others').first().waitFor();
  const [header, ...lines] = (await saved('CSV', /^flows-.*\.csv$/)).toString().trimEnd().split('\r\n');
  assert.match(header ?? '', /^last,host_id,direction,source_ip,source_workload,/);
  assert.ok(lines.length > 0);
  lines.forEach((line) => assert.match(line, /,web,.*,5432,tcp,dropped,RULE_DENY,web-db,1,deny-others,\d+$/));
  const rows = JSON.parse((await saved('JSON', /^flows-.*\.json$/)).toString()) as { rule_id: string }[];
  assert.deepEqual(new Set(rows.map((each) => each.rule_id)), new Set(['deny-others']));
});

test('a paused table stands still until it is played', async () => {
  await open('flows');
  await world.drop();
  const flows = page.getByTestId('flows');
  await flows.getByText('tcp/5432').first().waitFor();
  await page.getByTestId('pause').press('Space');
  await world.dropAt(5901);
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
  await listed.getByRole('cell', { name: /^[1-9][0-9]*$/ }).nth(HITS).waitFor();
  await listed.getByRole('link', { name: 'web-db', exact: true }).press('Enter');
  await page.getByTestId('history').getByText('created').waitFor();
  await page.getByTestId('document').getByText('"deny-others"').waitFor();
  await shoot('policies');
});

test('hosts are listed with the revision that they have and should have', async () => {
  await open('hosts');
  const host = page.getByTestId('hosts').getByRole('row').filter({ hasText: 'host-b' });
  await host.getByText('role=data').waitFor();
  await host.getByText('up to date').waitFor();
  const [revision, desired] = await host.getByRole('cell', { name: /^[1-9][0-9]*$/ }).allTextContents();
  assert.equal(revision, desired);
});

test('the editor knows the schema, lints and plans a candidate, and the map shows what it would change', async () => {
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
    '{ "id": "web-db", "name": "Nobody", "type": "network", "priority": 100, "applies_to": { "labels": { "role": "data" } }, "default_action": "none", "rules": [' +
      '{ "id": "deny-all", "action": "deny", "priority": 1, "conditions": [ { "field": "dest_port", "operator": "eq", "value": 5432 } ] } ] }',
  );
  await page.getByText('The document holds its schema.').waitFor();
  await page.getByTestId('lint').click();
  const plan = page.getByTestId('plan');
  await plan.getByText('Newly blocked: 1').waitFor();
  await plan.getByText('web-db@v2/deny-all').waitFor();
  await page.getByTestId('findings').waitFor();
  await shoot('plan');

  await page.getByTestId('show').click();
  await page.getByTestId('draft').getByText('1 recorded flows newly blocked').waitFor();
  await connection('api', 'db').getByText('✖ newly blocked').waitFor();
  await connection('web', 'db').getByRole('cell', { name: '=', exact: true }).waitFor();
  await page.waitForFunction(() => drawn().some(({ label }) => label.endsWith('newly blocked')));
  const changes = (await page.evaluate(() => drawn())).filter(({ label }) => label.includes('newly'));
  assert.deepEqual(
    changes.map(({ source, target, label, colour }) => ({ source, target, label, colour })),
    [{ source: 'api', target: 'db', label: '✔ tcp/5432 → ✖ newly blocked', colour: 'rgb(180,35,24)' }],
  );
  await shoot('draft');
  await page.getByRole('link', { name: 'Back to the editor' }).click();
  await text.getByText('"deny-all"').waitFor();
  await page.getByRole('link', { name: 'Map' }).click();
  await page.getByRole('button', { name: 'Leave it out' }).click();
  await page.getByTestId('draft').waitFor({ state: 'detached' });
  assert.equal(await page.getByText('✖ newly blocked').count(), 0);
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
  assert.equal(await world.versions('web-db'), 1);
});

test('a staged version is shown with what became of it on each host', async () => {
  await world.stage('no-discard');
  await open('hosts');
  const rollout = page.getByTestId('rollout').filter({ hasText: 'no-discard' });
  await rollout.getByText('v0 → v1').waitFor();
  const canary = rollout.getByRole('row').filter({ hasText: 'host-b' });
  await canary.getByText('canary').waitFor();
  await canary.getByRole('cell', { name: / ago$/ }).waitFor();
  await rollout.getByText('1 of 1 canaries acknowledged').waitFor();
});

test('the page says when the broker is gone, and goes on when it is back', async () => {
  await open('flows');
  await world.stopBroker();
  await page.getByTestId('away').getByText('No connection to ws://').waitFor();
  await page.getByTestId('link').getByText('disconnected').waitFor();
  await shoot('away');
  await world.startBroker();
  await page.getByTestId('away').waitFor({ state: 'detached' });
  await page.getByTestId('link').getByText('connected', { exact: true }).waitFor();
  await world.dropAt(5902);
  await page.getByTestId('flows').getByText('tcp/5902').first().waitFor();
});

test('axe finds nothing serious on any page, and in dark mode no contrast that is too low', async () => {
  await world.drop();
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
  const kept = await fetch(`${of('PAGE_URL')}/${script}`, { method: 'HEAD' });
  assert.match(kept.headers.get('cache-control') ?? '', /immutable/);
  const hosts = new Set<string>();
  page.on('request', (request) => hosts.add(new URL(request.url()).host));
  await open('map');
  assert.deepEqual([...hosts], [new URL(of('PAGE_URL')).host]);
});

test('who may publish does so in the editor, and the new version is listed and enforced', async () => {
  await world.letPagesInAs(of('EDITOR'));
  await open('editor?policy=no-vnc');
  const text = page.getByRole('textbox', { name: 'Policy document' });
  await text.getByText('"closed"').waitFor();
  await write(
    text,
    '{ "id": "no-vnc", "name": "As before, and the database", "type": "network", "priority": 50, "applies_to": { "labels": { "role": "data" } },' +
      ' "default_action": "none", "rules": [ { "id": "closed-too", "action": "deny", "priority": 1, "conditions": [' +
      ' { "field": "dest_port", "operator": "in", "value": [5901, 5902, 5432] } ] } ] }',
  );
  await page.getByText('The document holds its schema.').waitFor();
  await page.getByTestId('publish').click();
  await page.getByTestId('accepted').getByText('no-vnc version 2 is accepted').waitFor();
  assert.equal(await world.versions('no-vnc'), 2);

  await page.getByRole('link', { name: 'Policies' }).click();
  const listed = page.getByTestId('policies').getByRole('row').filter({ hasText: 'no-vnc' });
  await listed.getByText('v2', { exact: true }).waitFor();
  await eventually('the kernel to hold version 2', async () => !(await world.tcp('api', 'db', 5432)));
  await world.known('verdict:dropped from:api to:db policy:no-vnc@2');
});

test('map and flows are those of a time in the past, which stands in the address', async () => {
  await open('map');
  const api = connection('api', 'db');
  await api.getByText('no-vnc@v2/closed-too').waitFor();
  await open(`map?at=${beginning}`);
  await api.getByText('web-db@v1/allow-api').waitFor();
  await page.reload();
  await api.getByText('allowed').waitFor();
  await shoot('map-past');

  const until = page.getByTestId('until');
  await until.press('Home'); // a day ago
  await page.getByText('No connection was seen yet.').waitFor();
  assert.match(page.url(), /#\/map\?at=\d{4}-/);
  await page.getByRole('link', { name: 'Flows' }).click();
  await page.getByText('No flow yet.').waitFor();
  await page.getByRole('link', { name: 'Map' }).click();
  await page.getByText('No connection was seen yet.').waitFor();
  await until.press('End');
  await api.getByText('no-vnc@v2/closed-too').waitFor();
  assert.match(page.url(), /#\/map$/);
});

test('of long tables the rows near what is seen are in the page, the keyboard reaches the others, and the map has all of them', async () => {
  await world.tellOf(600);
  await open('map');
  const connections = page.getByTestId('connections');
  await eventually('600 connections', async () => (await rowCount(connections)) > 600);
  const last = await rowCount(connections);
  await page.waitForFunction((lines) => drawn().length === lines, last - 1);
  assert.ok((await connections.getByRole('row').count()) < MOST_ROWS);

  // Rows come, go and change places whenever all of the map is told anew: the last one is known by what it shows.
  let edge = '';
  await eventually('the last row', async () => {
    await page.keyboard.press('End');
    const end = row(connections, await rowCount(connections));
    if ((await end.count()) === 1) {
      edge = await end.evaluate((one) => {
        one.querySelector('button')?.focus();
        return one.getAttribute('data-edge') ?? '';
      });
    }
    return edge !== '';
  });
  const focused = connections.locator(`[data-edge="${edge}"]`);
  assert.deepEqual(await serious('a long map', new AxeBuilder({ page })), []);
  await page.keyboard.press('Home');
  await row(connections, 2).waitFor();
  assert.ok((await connections.getByRole('row').count()) < MOST_ROWS);
  await focused.locator('button:focus').waitFor();
  await page.keyboard.press('Shift+Tab');
  await focused.locator('a:focus').waitFor();
  await eventually('the rows beside it', () =>
    focused.evaluate((one) => [one.previousElementSibling, one.nextElementSibling].some((each) => each?.ariaRowIndex != null)),
  );

  await open('flows');
  const flows = page.getByTestId('flows');
  await eventually('200 flows', async () => (await rowCount(flows)) === 201);
  assert.ok((await flows.getByRole('row').count()) < MOST_ROWS);
  await page.keyboard.press('End');
  await row(flows, 201).waitFor();
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

/** The row of the map's table that says what one workload did with another. */
function connection(source: string, dest: string): Locator {
  return page.getByTestId('connections').locator(`[data-edge="workload:${source} workload:${dest}"]`);
}

/** How many rows a table says that it has; its header is one. */
async function rowCount(table: Locator): Promise<number> {
  return Number(await table.getAttribute('aria-rowcount'));
}

function row(table: Locator, index: number): Locator {
  return table.locator(`[aria-rowindex="${index}"]`);
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

/** What a button that saves gives the reader. */
async function saved(button: string, name: RegExp): Promise<Buffer> {
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: button, exact: true }).click()]);
  assert.match(file.suggestedFilename(), name);
  return readFile(await file.path());
}

async function shoot(name: string): Promise<void> {
  await page.screenshot({ path: join(of('SCREENSHOTS'), `${name}.png`) });
}

/** In the page: the lines on the canvas of the map. */
declare function drawn(): {
  source: string;
  target: string;
  verdict: string;
  colour: string;
  style: string;
  label: string;
  x: number;
  y: number;
}[];
