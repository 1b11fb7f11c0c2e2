/** What the page reads of the messages in contracts/; docs/messages.md has all of them. Instants are ISO 8601 text. */

export type Verdict = 'allowed' | 'dropped' | 'audited';
export type RolloutState = 'running' | 'paused' | 'promoted' | 'aborted';

export interface Endpoint {
  ip?: string;
  workload?: string;
  labels?: Record<string, string>;
}

export interface Flow {
  host_id: string;
  direction: 'ingress' | 'egress';
  source: Endpoint;
  dest: Endpoint;
  source_port?: number;
  dest_port: number;
  protocol: string;
  verdict: Verdict;
  reason: string;
  policy_id?: string;
  policy_version?: number;
  rule_id?: string;
  count: number;
  first: string;
  last: string;
}

export interface FlowsFound {
  from: string;
  to: string;
  complete: boolean;
  flows: Flow[];
  matched: number;
  omitted: number;
  hidden: number;
  lost: number;
}

export interface MapNode {
  id: string;
  kind: 'host' | 'workload' | 'address' | 'group' | 'other' | 'unknown';
  name: string;
  labels?: Record<string, string>;
  members: number;
}

export interface MapDecider {
  policy_id?: string;
  policy_version?: number;
  rule_id?: string;
  reason: string;
  at: string;
}

export interface MapEdge {
  source: string;
  dest: string;
  allowed: number;
  dropped: number;
  audited: number;
  last_allowed?: MapDecider;
  last_dropped?: MapDecider;
  last_audited?: MapDecider;
  ports: { protocol: string; port: number; allowed: number; dropped: number; audited: number }[];
  omitted_ports: number;
  first: string;
  last: string;
}

export interface MapFound {
  term?: string;
  sequence?: number;
  from: string;
  to: string;
  complete: boolean;
  nodes: MapNode[];
  edges: MapEdge[];
  omitted: number;
}

export interface MapChange {
  term: string;
  sequence: number;
  full: boolean;
  at: string;
  nodes: MapNode[];
  edges: MapEdge[];
  gone_nodes: string[];
  gone_edges: { source: string; dest: string }[];
}

export interface RuleHits {
  at: string;
  rules: { policy_id: string; policy_version: number; rule_id: string; packets: number; last_hit?: string }[];
  omitted: number;
}

export interface HostStates {
  at: string;
  hosts: {
    host_id: string;
    revision: number;
    desired_revision?: number;
    last_report: string;
    stale: boolean;
    packets_allowed: number;
    packets_dropped: number;
    packets_audited: number;
    connections_blocked: number;
    events_lost: number;
    table_bytes?: number;
    table_capacity?: number;
  }[];
  omitted: number;
}

export interface TelemetryFlows {
  from: string;
  to: string;
  flows: Flow[];
  omitted: number;
  allowed: number;
  dropped: number;
  audited: number;
  lost: number;
}

export interface PolicySummary {
  policy_id: string;
  version: number;
  name: string;
  priority: number;
  enabled: boolean;
  mode: 'enforce' | 'audit';
  rules: number;
  stored_at: string;
  rollout?: { version: number; state: RolloutState };
}

export interface PolicyList {
  policies: PolicySummary[];
  epoch: number;
  revision: number;
}

export interface PolicyVersion {
  version: number;
  action: 'created' | 'updated' | 'deleted';
  stored_at: string;
  rollout?: RolloutState;
}

export interface StoredPolicy {
  policy_id: string;
  version: number;
  document?: object;
}

export interface HostRow {
  host_id: string;
  desired_epoch: number;
  desired_revision: number;
  labels: Record<string, string>;
  addresses: string[];
  last_report: string;
}

export interface Rollout {
  policy_id: string;
  version: number;
  base_version: number;
  state: RolloutState;
  since: string;
  hosts_total: number;
  canary_hosts: number;
  acknowledged: number;
  reason?: string;
  hosts: {
    host_id: string;
    canary: boolean;
    desired_version?: number;
    loaded_version?: number;
    acknowledged_at?: string;
    drops: number;
    health?: string;
    note?: string;
  }[];
}

export interface Decision {
  action: 'allow' | 'deny';
  reason: string;
  policy_id?: string;
  policy_version?: number;
  rule_id?: string;
  audit?: { policy_id: string; policy_version: number; rule_id: string };
}

export interface Explanation {
  decision: Decision;
  policies: {
    policy_id: string;
    version: number;
    standing: string;
    why?: string;
    rules: { rule_id: string; action: string; effect: string; misses: string[] }[];
  }[];
  nearest?: { policy_id: string; rule_id: string; misses: string[] };
  loaded: { desired_revision: number; loaded_revision?: number; reported_at?: string };
  hits?: { packets: number; last?: string };
}

export interface Packet {
  direction: 'ingress' | 'egress';
  source_ip: string;
  dest_ip: string;
  protocol: number;
  source_port?: number;
  dest_port?: number;
}

export interface Total {
  distinct: number;
  connections: number;
}

export interface PlanRow {
  host_id: string;
  direction: string;
  source_ip?: string;
  source_name?: string;
  dest_ip?: string;
  dest_name?: string;
  dest_port?: number;
  protocol: string;
  count: number;
  last: string;
  now: Decision;
  then: Decision;
}

export interface Plan {
  changes: { policy_id: string; action: string; version: number }[];
  evidence: {
    from: string;
    to: string;
    recorded_from?: string;
    hosts_known: number;
    hosts_heard: number;
    silent_hosts: string[];
    flows: Total;
    unjudged: { reason: string; total: Total }[];
    unrecorded: number;
    incomplete: number;
    unreadable: number;
  };
  newly_blocked: { total: Total; rows: PlanRow[] };
  newly_allowed: { total: Total; rows: PlanRow[] };
  newly_audited: { total: Total; rows: PlanRow[] };
  unchanged: Total;
}

export interface Lint {
  findings: {
    code: string;
    severity: string;
    policy_id: string;
    rule_id?: string;
    path?: string;
    message: string;
    hint?: string;
  }[];
  findings_omitted: number;
}

export interface Workloads {
  workloads: { name: string; host_id?: string; labels: Record<string, string>; addresses: string[] }[];
  next?: number;
}
