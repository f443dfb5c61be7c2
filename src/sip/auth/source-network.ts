/**
 * The name under which the failures of a source address are counted: an IPv4 address itself (also
 * when it is written as IPv4-mapped IPv6), of an IPv6 address the first 64 bits, because one
 * subscriber owns all addresses below them and could take a new one for each guess.
 */
export function sourceNetwork(address: string): string {
  if (!address.includes(':')) return address;
  if (address.includes('.')) return address.slice(address.lastIndexOf(':') + 1);
  const [before = '', after] = address.toLowerCase().split('::');
  const head = groupsOf(before);
  const tail = after === undefined ? [] : groupsOf(after);
  const zeros = Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => '0');
  return `${[...head, ...zeros, ...tail].slice(0, 4).join(':')}::/64`;
}

function groupsOf(text: string): string[] {
  return text === '' ? [] : text.split(':').map((group) => group.replace(/^0+(?=.)/, ''));
}
