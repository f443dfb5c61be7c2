import type { IncomingMessage } from 'node:http';

/** Largest request body that the sandbox reads. */
export const MAX_BODY_BYTES = 65_536;

/** The body as text; `undefined` when it is larger than `MAX_BODY_BYTES`. Rejects when the client goes away. */
export async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // Read on without keeping, so that the client gets to see the 413 instead of a reset.
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
    else if (bytes > 16 * MAX_BODY_BYTES) request.destroy();
  }
  return bytes > MAX_BODY_BYTES ? undefined : Buffer.concat(chunks).toString('utf8');
}

/** Whether a `content-type` header says JSON. */
export function isJson(contentType: string | undefined): boolean {
  return /^application\/json\s*(;|$)/i.test(contentType ?? '');
}

/** The value of a JSON text; `undefined` when it is not JSON (JSON itself has no `undefined`). */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
