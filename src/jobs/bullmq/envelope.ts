/**
 * What stands in the data of a BullMQ job. PostgreSQL's jsonb takes neither NUL nor half a
 * surrogate pair, and both can come out of a script; text with one of them is packed.
 */
export type Envelope = { readonly id: string; readonly value: string } | { readonly packed: string };

export function pack(id: string, value: string): Envelope {
  if (plain(id) && plain(value)) return { id, value };
  return { packed: Buffer.from(JSON.stringify([id, value]), 'utf8').toString('base64') };
}

/** @throws when a stranger put something else into the queue */
export function unpack(data: unknown): { id: string; value: string } {
  if (typeof data === 'object' && data !== null) {
    if ('packed' in data && typeof data.packed === 'string') return fromPacked(data.packed);
    if ('id' in data && 'value' in data && typeof data.id === 'string' && typeof data.value === 'string') {
      return { id: data.id, value: data.value };
    }
  }
  throw new TypeError('The data of the job are not in the form that this service writes');
}

function fromPacked(packed: string): { id: string; value: string } {
  const pair: unknown = JSON.parse(Buffer.from(packed, 'base64').toString('utf8'));
  if (Array.isArray(pair) && typeof pair[0] === 'string' && typeof pair[1] === 'string') {
    return { id: pair[0], value: pair[1] };
  }
  throw new TypeError('The packed data of the job are not in the form that this service writes');
}

function plain(text: string): boolean {
  return !/[\0\p{Cs}]/u.test(text);
}
