/** Kamailio's bits for methods, as they stand in the `methods` column of the location table. */
const METHOD_BITS: ReadonlyMap<string, number> = new Map([
  ['INVITE', 1],
  ['CANCEL', 1 << 1],
  ['ACK', 1 << 2],
  ['BYE', 1 << 3],
  ['INFO', 1 << 4],
  ['REGISTER', 1 << 5],
  ['SUBSCRIBE', 1 << 6],
  ['NOTIFY', 1 << 7],
  ['MESSAGE', 1 << 8],
  ['OPTIONS', 1 << 9],
  ['PRACK', 1 << 10],
  ['UPDATE', 1 << 11],
  ['REFER', 1 << 12],
  ['PUBLISH', 1 << 13],
]);

/** The bit of all methods without one of their own. */
const OTHER_METHOD = 1 << 14;

/** The bits of a comma-separated list of methods: Allow (§20.5) or the `methods` parameter (RFC 3840 §9). */
export function methodBits(list: string): number {
  let bits = 0;
  for (const method of list.split(',')) bits |= methodBit(method.trim());
  return bits;
}

/** The bit of one method. */
export function methodBit(method: string): number {
  return METHOD_BITS.get(method.toUpperCase()) ?? OTHER_METHOD;
}

/** Whether a contact takes requests of that method. */
export function allowsMethod(binding: { readonly methods: number | undefined }, method: string): boolean {
  return binding.methods === undefined || (binding.methods & methodBit(method)) !== 0;
}
