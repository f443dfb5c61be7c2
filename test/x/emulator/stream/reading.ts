/** A client that notes every chunk of a stream as it comes. */
import http from 'node:http';
import { SANDBOX_BEARER } from '../../../../src/x/emulator/sandbox-keys.ts';

export interface Reading {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly chunks: Buffer[];
  /** Resolves with the next chunk that has not been asked for. */
  next(): Promise<string>;
  /** Resolves when the stream is over: `end` in order, or `cut`. */
  readonly ended: Promise<'end' | 'cut'>;
  close(): void;
}

export function openStream(apiUrl: string, target: string): Promise<Reading> {
  const { hostname, port } = new URL(apiUrl);
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${SANDBOX_BEARER}` };
    const request = http.get({ host: hostname, port, path: target, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      let asked = 0;
      let wake: () => void = () => {};
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        wake();
      });
      const ended = new Promise<'end' | 'cut'>((over) => {
        response.on('end', () => over('end'));
        response.on('error', () => over('cut'));
      });
      resolve({
        status: response.statusCode!,
        headers: response.headers,
        chunks,
        async next() {
          while (chunks.length <= asked) await new Promise<void>((come) => (wake = come));
          return chunks[asked++]!.toString('latin1');
        },
        ended,
        close: () => request.destroy(),
      });
    });
    request.on('error', reject);
  });
}

/** What the bytes of a chunk mean as text. */
export const utf8 = (latin1: string) => Buffer.from(latin1, 'latin1').toString('utf8');
