/** A numeric address as the digits that prefixes are cut from. */
export interface IpAddress {
  readonly family: 4 | 6;
  /** The address in hexadecimal: 8 digits, or 32. */
  readonly hex: string;
}

/**
 * Reads an IPv4 or IPv6 address, the latter with or without brackets; undefined for anything else.
 * IPv4 written as IPv6 (`::ffff:192.0.2.1`) is IPv4: so sockets of both families say the same.
 */
export function parseIpAddress(text: string): IpAddress | undefined {
  if (!text.includes(':')) {
    const hex = hexOfIpv4(text);
    return hex === undefined ? undefined : { family: 4, hex };
  }
  const hex = hexOfIpv6(text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text);
  if (hex === undefined) return undefined;
  return hex.startsWith(MAPPED) ? { family: 4, hex: hex.slice(MAPPED.length) } : { family: 6, hex };
}

const MAPPED = '00000000000000000000ffff';

function hexOfIpv4(text: string): string | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let hex = '';
  for (const part of parts) {
    // No leading zero: some readers would take it for octal.
    if (!/^(?:0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    hex += Number(part).toString(16).padStart(2, '0');
  }
  return hex;
}

function hexOfIpv6(text: string): string | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = hexOfGroups(halves[0]!, halves.length === 1);
  if (head === undefined) return undefined;
  if (halves.length === 1) return head.length === 32 ? head : undefined;
  const tail = hexOfGroups(halves[1]!, true);
  if (tail === undefined || head.length + tail.length > 28) return undefined;
  return head.padEnd(32 - tail.length, '0') + tail;
}

/** @param last  the address ends here, so that the last group may be written as IPv4 */
function hexOfGroups(text: string, last: boolean): string | undefined {
  if (text === '') return '';
  const groups = text.split(':');
  let hex = '';
  for (const [index, group] of groups.entries()) {
    const part = last && group.includes('.') && index === groups.length - 1 ? hexOfIpv4(group) : hexOfGroup(group);
    if (part === undefined) return undefined;
    hex += part;
  }
  return hex.length <= 32 ? hex : undefined;
}

function hexOfGroup(group: string): string | undefined {
  return /^[0-9a-fA-F]{1,4}$/.test(group) ? group.toLowerCase().padStart(4, '0') : undefined;
}

/** The first `bits` bits of an address, as text that equals that of every address in the same network. */
export function prefixOf(address: IpAddress, bits: number): string {
  const whole = bits >> 2;
  const rest = bits & 3;
  if (rest === 0) return address.hex.slice(0, whole);
  const digit = Number.parseInt(address.hex.charAt(whole), 16) >> (4 - rest);
  return `${address.hex.slice(0, whole)}.${digit}`;
}
