import assert from 'node:assert/strict';
import { test } from 'node:test';
import { svgOf } from '../src/map/svg.js';
import { fileName } from '../src/ui/download.js';
import { csvOf } from '../src/view/flow-files.js';

test('rows become lines of CSV, in quotes where they need them', () => {
  const flow = {
    host_id: 'host-b',
    direction: 'ingress',
    source: { ip: '198.18.1.10', workload: 'a "web", or two' },
    dest: {},
    dest_port: 5432,
    protocol: 'tcp',
    verdict: 'dropped',
    reason: 'RULE_DENY',
    count: 3,
    first: '2026-03-02T09:15:00Z',
    last: '2026-03-02T09:15:42Z',
  } as const;
  assert.deepEqual(csvOf([flow]).split('\r\n'), [
    'last,host_id,direction,source_ip,source_workload,source_port,dest_ip,dest_workload,dest_port,protocol,verdict,reason,policy_id,policy_version,rule_id,count',
    '2026-03-02T09:15:42Z,host-b,ingress,198.18.1.10,"a ""web"", or two",,,,5432,tcp,dropped,RULE_DENY,,,,3',
    '',
  ]);
});

test('a map becomes a picture that holds all of it', () => {
  const svg = svgOf({
    nodes: [
      { x: -100, y: 50, name: 'a<b' },
      { x: 200, y: -20, name: 'db' },
    ],
    edges: [{ from: { x: -80, y: 50 }, to: { x: 180, y: -20 }, label: '✖ tcp/5432', colour: 'rgb(180,35,24)', style: 'dashed' }],
    colours: { text: '#111', surface: '#fff', node: '#eee', border: '#777' },
  });
  assert.match(svg, /viewBox="-190 -110 480 250"/);
  assert.match(svg, /<line x1="-80" y1="50" x2="180" y2="-20" stroke="rgb\(180,35,24\)" stroke-width="2" stroke-dasharray="6 4" marker-end="url\(#arrow0\)"/);
  assert.match(svg, />a&lt;b<\/text>/);
});

test('a file is named after what it holds and when', () => {
  assert.equal(fileName('flows', 'csv', new Date('2026-03-02T09:15:42.123Z')), 'flows-20260302T091542Z.csv');
});
