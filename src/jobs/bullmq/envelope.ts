/**
 * What stands in the data of a BullMQ job. PostgreSQL's jsonb takes neither NUL nor half a
 * surrogate pair, and both can come out of a script; text with one of them is packed.
 */
export type Envelope = Sealed & History;

type Sealed = { readonly id: string; readonly value: string } | { readonly packed: string };

/** What became of a job that was split off its bundle. */
export interface History {
  /** Attempts that failed in the bundle. */
  readonly failures?: number;
  /** It was given up there, for this reason: it is to be a dead letter, without another try. */
  readonly dead?: string;
}

/** Several jobs of one queue that travel as one; see `AddOptions.bundled`. */
export interface Bundle {
  readonly bundle: readonly Envelope[];
}

/** A job out of its envelope. */
export interface Unpacked extends History {
  readonly id: string;
  readonly value: string;
}

export function pack(id: string, value: string, history: History = {}): Envelope {
  if (plain(id) && plain(value)) return { id, value, ...history };
  return { packed: Buffer.from(JSON.stringify([id, value]), 'utf8').toString('base64'), ...history };
}

/** @throws when a stranger put something else into the queue */
export function unpack(data: unknown): Unpacked {
  if (typeof data === 'object' && data !== null) {
    if ('packed' in data && typeof data.packed === 'string') return { ...fromPacked(data.packed), ...historyOf(data) };
    if ('id' in data && 'value' in data && typeof data.id === 'string' && typeof data.value === 'string') {
      return { id: data.id, value: data.value, ...historyOf(data) };
    }
  }
  throw new TypeError('The data of the job are not in the form that this service writes');
}

/** The jobs of a bundle; `undefined` when these are the data of a job by itself. */
export function unpackBundle(data: unknown): readonly Unpacked[] | undefined {
  if (typeof data !== 'object' || data === null || !('bundle' in data) || !Array.isArray(data.bundle)) return undefined;
  return data.bundle.map(unpack);
}

/** Attempts that failed before the job was by itself; 0 for what is none of our jobs, too. */
export function failuresInBundle(data: unknown): number {
  return typeof data === 'object' && data !== null ? (historyOf(data).failures ?? 0) : 0;
}

function historyOf(data: object): History {
  return {
    ...('failures' in data && typeof data.failures === 'number' ? { failures: data.failures } : {}),
    ...('dead' in data && typeof data.dead === 'string' ? { dead: data.dead } : {}),
  };
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
