import type { Endpoint, Flow } from '../bus/messages.js';
import { holds, parseNetwork } from './network.js';
import { FilterProblem, type Lexeme } from './syntax.js';

/** Whether a flow is meant. */
export type Test = (flow: Flow) => boolean;
/** Which end a term speaks of. */
export type Side = 'either' | 'from' | 'to';
type EndTest = (end: Endpoint) => boolean;

const VERDICTS = ['allowed', 'dropped', 'audited'];
const DIRECTIONS = ['ingress', 'egress'];
const REASONS = [
  'RULE_ALLOW',
  'RULE_DENY',
  'RULE_LOG',
  'DEFAULT_DENY',
  'DEFAULT_ALLOW',
  'POSTURE',
  'AUDIT_WOULD_DENY',
  'ESTABLISHED',
  'FAILSAFE',
  'MALFORMED',
  'RATE_LIMITED',
  'NON_IP',
];
const PROTOCOLS: Record<string, number> = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58, sctp: 132 };
const SHOWN = 40;

/** Every key and what a value of it means, in the order in which they are offered. */
export const VALUES: Record<string, { isSided: boolean; read: (lexeme: Lexeme, side: Side) => Test }> = {
  host: { isSided: false, read: (lexeme) => of((flow) => flow.host_id, hostId(lexeme)) },
  from: { isSided: false, read: (lexeme) => atEnds('from', end(lexeme)) },
  to: { isSided: false, read: (lexeme) => atEnds('to', end(lexeme)) },
  any: { isSided: false, read: (lexeme) => atEnds('either', end(lexeme)) },
  ip: { isSided: true, read: (lexeme, side) => atEnds(side, network(lexeme)) },
  workload: { isSided: true, read: (lexeme, side) => atEnds(side, name(lexeme)) },
  label: { isSided: true, read: (lexeme, side) => atEnds(side, label(lexeme)) },
  port: { isSided: true, read: ports },
  protocol: { isSided: false, read: (lexeme) => of((flow) => flow.protocol, protocol(lexeme)) },
  verdict: { isSided: false, read: (lexeme) => of((flow) => flow.verdict, word(lexeme, VERDICTS)) },
  reason: { isSided: false, read: (lexeme) => of((flow) => flow.reason, word(lexeme, REASONS)) },
  policy: { isSided: false, read: policy },
  rule: { isSided: false, read: (lexeme) => of((flow) => flow.rule_id, text(lexeme)) },
  direction: { isSided: false, read: (lexeme) => of((flow) => flow.direction, word(lexeme, DIRECTIONS)) },
};

/** A word of the filter as a refusal shows it. */
export function shown(value: string): string {
  return `"${value.length > SHOWN ? `${value.slice(0, SHOWN)}…` : value}"`;
}

/** The number of a protocol by its name; undefined for a text that names none. */
export function protocolNumber(value: string): number | undefined {
  const known = PROTOCOLS[value];
  return known ?? (/^(0|[1-9][0-9]{0,2})$/.test(value) && Number(value) <= 255 ? Number(value) : undefined);
}

function of(member: (flow: Flow) => string | undefined, test: (value: string) => boolean): Test {
  return (flow) => {
    const value = member(flow);
    return value !== undefined && test(value);
  };
}

function atEnds(side: Side, test: EndTest): Test {
  return (flow) => (side !== 'to' && test(flow.source)) || (side !== 'from' && test(flow.dest));
}

function text(lexeme: Lexeme): (value: string) => boolean {
  return lexeme.isOpen ? (value) => value.startsWith(lexeme.text) : (value) => value === lexeme.text;
}

function hostId(lexeme: Lexeme): (value: string) => boolean {
  if (!/^[a-z0-9-]*$/.test(lexeme.text)) {
    throw refused(lexeme, `${shown(lexeme.text)} can never match`, "a host's id has a-z, 0-9 and -");
  }
  return text(lexeme);
}

function end(lexeme: Lexeme): EndTest {
  if (!lexeme.isQuoted && lexeme.text.includes('=')) {
    return label(lexeme);
  }
  return !lexeme.isQuoted && (lexeme.text.includes(':') || /^[0-9./]+$/.test(lexeme.text)) ? network(lexeme) : name(lexeme);
}

function name(lexeme: Lexeme): EndTest {
  const test = text(lexeme);
  return ({ workload }) => workload !== undefined && test(workload);
}

function network(lexeme: Lexeme): EndTest {
  requireWhole(lexeme, 'write a network instead, such as 10.0.0.0/8');
  const wanted = parseNetwork(lexeme.text);
  if (wanted === undefined) {
    throw refused(
      lexeme,
      `${shown(lexeme.text)} is no address and no network`,
      'write an address or a network without host bits, such as 10.0.0.0/8; a name of digits or with a colon goes into quotes',
    );
  }
  return ({ ip }) => ip !== undefined && holds(wanted, ip);
}

function label(lexeme: Lexeme): EndTest {
  const equals = lexeme.text.indexOf('=');
  const key = equals < 0 ? lexeme.text : lexeme.text.slice(0, equals);
  if (key === '') {
    throw refused(lexeme, `${shown(lexeme.text)} names no label`, 'write label:app for any value, label:app=db for one');
  }
  if (equals < 0) {
    requireWhole(lexeme, 'the key of a label is written out; its value may end with *');
    return ({ labels }) => labels?.[key] !== undefined;
  }
  const test = text({ ...lexeme, text: lexeme.text.slice(equals + 1) });
  return ({ labels }) => {
    const value = labels?.[key];
    return value !== undefined && test(value);
  };
}

function ports(lexeme: Lexeme, side: Side): Test {
  requireWhole(lexeme, 'write a range instead, such as 8000-8999');
  const range = /^([0-9]{1,5})(?:-([0-9]{1,5}))?$/.exec(lexeme.text);
  const first = Number(range?.[1] ?? 0);
  const last = Number(range?.[2] ?? first);
  if (first < 1 || first > last || last > 0xffff) {
    throw refused(
      lexeme,
      `${shown(lexeme.text)} is no port`,
      'write a number from 1 to 65535, or a range such as 8000-8999',
    );
  }
  const isMeant = (port: number | undefined): boolean => port !== undefined && port >= first && port <= last;
  return (flow) => (side !== 'to' && isMeant(flow.source_port)) || (side !== 'from' && isMeant(flow.dest_port));
}

function protocol(lexeme: Lexeme): (value: string) => boolean {
  requireWhole(lexeme, 'write its name or number');
  const wanted = protocolNumber(lexeme.text);
  if (wanted === undefined) {
    throw refused(
      lexeme,
      `no protocol is called ${shown(lexeme.text)}`,
      'tcp, udp, icmp, icmpv6, sctp, or a number from 0 to 255',
    );
  }
  return (value) => protocolNumber(value) === wanted;
}

function policy(lexeme: Lexeme): Test {
  const parts = /^([A-Za-z0-9_-]*)(?:@([1-9][0-9]{0,17}))?$/.exec(lexeme.text);
  const id = parts?.[1] ?? '';
  const version = parts?.[2];
  if (parts === null || (version !== undefined && lexeme.isOpen) || (id === '' && (!lexeme.isOpen || version !== undefined))) {
    throw refused(
      lexeme,
      `${shown(lexeme.text)} is no policy`,
      "write the policy's id, with @3 for its third version: web-db, web-db@3 or web*",
    );
  }
  const test = text({ ...lexeme, text: id });
  return (flow) =>
    flow.policy_id !== undefined && test(flow.policy_id) && (version === undefined || Number(version) === flow.policy_version);
}

function word(lexeme: Lexeme, words: readonly string[]): (value: string) => boolean {
  requireWhole(lexeme, 'write the whole word');
  if (!words.includes(lexeme.text)) {
    throw refused(lexeme, `${shown(lexeme.text)} is none of them`, `one of ${words.join(', ')}`);
  }
  return (value) => value === lexeme.text;
}

function requireWhole(lexeme: Lexeme, remedy: string): void {
  if (lexeme.isOpen) {
    throw new FilterProblem(lexeme.end - 1, 'an asterisk means nothing here', remedy);
  }
}

function refused(lexeme: Lexeme, message: string, remedy: string): FilterProblem {
  return new FilterProblem(lexeme.position, message, remedy);
}
