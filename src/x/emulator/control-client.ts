import { errorText } from '../../base/errors.ts';
import { recordOf, textOf } from '../json.ts';
import { XFailure } from '../port.ts';
import type { InboxMessage } from './control-routes.ts';
import type { Fault } from './faults.ts';
import type { RecordedRequest } from './request-log.ts';
import type { SandboxPost, SandboxUser } from './state.ts';

const TIMEOUT_MS = 5000;

/**
 * The sandbox from another process: what the command line and the tests play its users with. Each
 * method rejects with `XFailure`: `unavailable` when no sandbox answers, `refused` for closed direct
 * messages, `invalid` for everything else that it does not take (an unknown account among them).
 */
export class ControlClient {
  readonly #base: string;

  /** @param controlUrl what `startEmulator` returned as such */
  constructor(controlUrl: string) {
    this.#base = controlUrl.replace(/\/+$/, '');
  }

  users(): Promise<SandboxUser[]> {
    return this.#call('GET', '/users');
  }

  /** Creates an account, or changes what is named of an existing one: `acceptsDms: false` closes its messages. */
  putUser(user: { username: string; name?: string; acceptsDms?: boolean }): Promise<SandboxUser> {
    return this.#call('POST', '/users', user);
  }

  /** All messages that the account received, oldest first. */
  inbox(username: string): Promise<InboxMessage[]> {
    return this.#call('GET', `/users/${encodeURIComponent(username)}/inbox`);
  }

  /** Sends a direct message as any account. */
  sendAs(message: { from: string; to: string; text: string }): Promise<InboxMessage> {
    return this.#call('POST', '/messages', message);
  }

  /** Posts publicly as any account. */
  postAs(post: { from: string; text: string; replyToId?: string }): Promise<SandboxPost> {
    return this.#call('POST', '/posts', post);
  }

  /** All posts, oldest first. */
  posts(): Promise<SandboxPost[]> {
    return this.#call('GET', '/posts');
  }

  /** Makes coming requests go wrong; returns all faults that wait. */
  fault(fault: Fault): Promise<Fault[]> {
    return this.#call('POST', '/faults', fault);
  }

  /** The faults that still wait for their requests. */
  faults(): Promise<Fault[]> {
    return this.#call('GET', '/faults');
  }

  async clearFaults(): Promise<void> {
    await this.#call('DELETE', '/faults');
  }

  /** Switches the rate limits on or off. */
  async setLimits(enabled: boolean): Promise<void> {
    await this.#call('POST', '/limits', { enabled });
  }

  /** The last requests to the API, oldest first. */
  requests(): Promise<RecordedRequest[]> {
    return this.#call('GET', '/requests');
  }

  /** The answers are ours, of the same version; their types are taken on trust. */
  async #call<T>(method: string, path: string, body?: object): Promise<T> {
    let response: Response;
    let answer: unknown;
    try {
      response = await fetch(this.#base + path, {
        method,
        ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      answer = await response.json();
    } catch (thrown) {
      const cause = thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown;
      throw new XFailure('unavailable', `No X sandbox answers at ${this.#base}: ${errorText(cause)}`);
    }
    if (response.ok) return answer as T;
    const { status } = response;
    throw new XFailure(status === 403 ? 'refused' : 'invalid', textOf(recordOf(answer)?.['error']) ?? `The sandbox answered ${status}`, { status });
  }
}
