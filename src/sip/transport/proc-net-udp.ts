import { readFile } from 'node:fs/promises';
import { isIPv4 } from 'node:net';
import type { LocalSocket } from './transport.ts';

/**
 * What Linux has dropped on a bound socket for want of room in its receive buffer: the column `drops` of /proc/net/udp, which
 * is the last one. undefined where there is no such file.
 */
export async function dropsOf({ address, port, family }: LocalSocket): Promise<number | undefined> {
  try {
    return dropsIn(await readFile(family === 6 ? '/proc/net/udp6' : '/proc/net/udp', 'latin1'), address, port);
  } catch {
    return undefined;
  }
}

/** The drops of the socket that is bound to `address` and `port`, in the text of /proc/net/udp or udp6. */
export function dropsIn(table: string, address: string, port: number): number | undefined {
  const name = ` ${hexAddress(address)}:${hex(port, 4)} `;
  const line = table.split('\n').find((one) => one.includes(name));
  return line === undefined ? undefined : Number(line.trimEnd().split(' ').at(-1));
}

/** The words of an address as this machine reads them from memory. */
function hexAddress(address: string): string {
  const words = new Uint32Array(Uint8Array.from(isIPv4(address) ? address.split('.').map(Number) : bytesOfIpv6(address)).buffer);
  return Array.from(words, (word) => hex(word, 8)).join('');
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0');
}

/** @param address as it was bound: valid, perhaps with a zone */
function bytesOfIpv6(address: string): number[] {
  const [front = '', back] = address.split('%', 1)[0]!.split('::').map((part) => (part === '' ? [] : part.split(':')));
  const groups = back === undefined ? front : [...front, ...new Array<string>(8 - front.length - back.length).fill('0'), ...back];
  return [...groups].flatMap((group) => [parseInt(group, 16) >> 8, parseInt(group, 16) & 255]);
}
