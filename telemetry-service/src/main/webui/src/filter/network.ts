/** An address as a number, with its length in bits. */
interface Address {
  bits: 32 | 128;
  value: bigint;
}

/** Addresses that begin alike. */
export interface Network extends Address {
  /** How many bits are alike. */
  length: number;
}

/** Reads an IPv4 or IPv6 address; undefined for a text that is none, has a zone, or writes IPv4 as IPv6. */
export function parseAddress(text: string): Address | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

/** Reads an address or a network without host bits; undefined for a text that is none. */
export function parseNetwork(text: string): Network | undefined {
  const [literal = '', suffix, ...rest] = text.split('/');
  const address = parseAddress(literal);
  if (address === undefined || rest.length > 0) {
    return undefined;
  }
  if (suffix === undefined) {
    return { ...address, length: address.bits };
  }
  const length = /^(0|[1-9][0-9]{0,2})$/.test(suffix) ? Number(suffix) : Infinity;
  if (length > address.bits) {
    return undefined;
  }
  const network = { ...address, length };
  return begin(address, length) << BigInt(address.bits - length) === address.value ? network : undefined;
}

/** Whether an address, as messages write it, lies in the network. */
export function holds(network: Network, text: string): boolean {
  const address = parseAddress(text);
  return address?.bits === network.bits && begin(address, network.length) === begin(network, network.length);
}

function begin(address: Address, length: number): bigint {
  return address.value >> BigInt(address.bits - length);
}

function parseIpv4(text: string): Address | undefined {
  const parts = text.split('.');
  const isSound = parts.length === 4 && parts.every((part) => /^(0|[1-9][0-9]{0,2})$/.test(part) && Number(part) <= 255);
  return isSound ? { bits: 32, value: join(parts.map(Number), 8) } : undefined;
}

function parseIpv6(text: string): Address | undefined {
  const halves = text.split('::');
  if (halves.length > 2) {
    return undefined;
  }
  const [left, right] = halves.map((half) => (half === '' ? [] : half.split(':'))) as [string[], string[] | undefined];
  const groups = [...left, ...(right ?? [])];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group)) || (right === undefined ? groups.length !== 8 : groups.length > 7)) {
    return undefined;
  }
  const zeros = Array.from({ length: 8 - groups.length }, () => '0');
  const value = join([...left, ...zeros, ...(right ?? [])].map((group) => parseInt(group, 16)), 16);
  return value >> 32n === 0xffffn ? undefined : { bits: 128, value };
}

function join(parts: readonly number[], width: number): bigint {
  return parts.reduce((value, part) => (value << BigInt(width)) | BigInt(part), 0n);
}
