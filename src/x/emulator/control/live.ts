import type { ServerResponse } from 'node:http';
import { alarm } from '../alarm.ts';
import type { Sandbox } from '../sandbox.ts';

/** Pages and followers at a time; one more is told to come later. */
const MAX_FOLLOWERS = 32;
const HEARTBEAT_MS = 15_000;

/**
 * Tells whoever follows that something changed, as server-sent events: the name of the change and
 * nothing else, since followers read what they show anyway.
 */
export class LiveChanges {
  readonly #sandbox: Sandbox;
  readonly #followers = new Set<ServerResponse>();

  constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox;
    sandbox.state.feed.listen(({ kind }) => this.tell(kind));
    sandbox.requests.onAdded = () => this.tell('request');
  }

  /** Takes the connection over until the other side closes it. */
  follow(response: ServerResponse): void {
    if (this.#followers.size >= MAX_FOLLOWERS) {
      response.writeHead(503, { 'retry-after': '5' }).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    // The first one says that the connection stands: what changed before it is to be read now.
    response.write('event: open\ndata: \n\n');
    this.#followers.add(response);
    const { clock } = this.#sandbox;
    const beat = () => {
      response.write(': still here\n\n');
      stop = alarm(clock, HEARTBEAT_MS, beat);
    };
    let stop = alarm(clock, HEARTBEAT_MS, beat);
    response.on('close', () => {
      stop();
      this.#followers.delete(response);
    });
  }

  /** A follower that does not read is let go, before what it was told fills the memory. */
  tell(kind: string): void {
    for (const response of this.#followers) {
      if (response.writableLength > 65_536) response.destroy();
      else response.write(`event: change\ndata: ${kind}\n\n`);
    }
  }
}
