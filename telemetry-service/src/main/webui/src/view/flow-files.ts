import type { Flow } from '../bus/messages.js';

const COLUMNS: Record<string, (flow: Flow) => string | number | undefined> = {
  last: (flow) => flow.last,
  host_id: (flow) => flow.host_id,
  direction: (flow) => flow.direction,
  source_ip: (flow) => flow.source.ip,
  source_workload: (flow) => flow.source.workload,
  source_port: (flow) => flow.source_port,
  dest_ip: (flow) => flow.dest.ip,
  dest_workload: (flow) => flow.dest.workload,
  dest_port: (flow) => flow.dest_port,
  protocol: (flow) => flow.protocol,
  verdict: (flow) => flow.verdict,
  reason: (flow) => flow.reason,
  policy_id: (flow) => flow.policy_id,
  policy_version: (flow) => flow.policy_version,
  rule_id: (flow) => flow.rule_id,
  count: (flow) => flow.count,
};

/** Rows as a table of RFC 4180, with a header; what a row does not have is empty. */
export function csvOf(flows: readonly Flow[]): string {
  const lines = flows.map((flow) => Object.values(COLUMNS).map((value) => field(value(flow))));
  return [Object.keys(COLUMNS), ...lines].map((line) => `${line.join(',')}\r\n`).join('');
}

function field(value: string | number | undefined): string {
  const text = String(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
