import type { ClientTransaction } from '../sip/endpoint/client-transaction.ts';
import type { SipMessage } from '../sip/message/sip-message.ts';
import type { Dialog } from './dialog.ts';

/** What a request of a user agent says beyond the obvious. */
export interface RequestParts {
  readonly method: string;
  readonly uri: string;
  /** Values of From and To, with their tags. */
  readonly from: string;
  readonly to: string;
  readonly callId: string;
  readonly cseq: number;
  readonly routes?: readonly string[];
  /** Whole header lines, each with its CRLF. */
  readonly headers?: string;
  readonly body?: string;
}

/** What a call needs of the user agent that it belongs to. */
export interface CallerAgent {
  /** Contact value of the phone. */
  readonly contact: string;
  nextCSeq(): number;
  /** Starts a request and gives its transaction. */
  send(parts: RequestParts, onResponse: (response: SipMessage) => void, onFailure: () => void): ClientTransaction;
  /** Sends the ACK of a 2xx, which has no transaction (RFC 3261 §13.2.2.4). */
  acknowledge(dialog: Dialog, cseq: number): void;
  /** Ends a dialog; resolves with the status of the answer. */
  hangUp(dialog: Dialog): Promise<number>;
  /**
   * Header lines that answer the challenge of a 401 or 407; undefined when there is none that we can
   * answer. `answered` is how many challenges of this request were answered before: a further one is
   * answered only when it says that just the nonce was too old, as after a restart of the server.
   */
  credentialsFor(response: SipMessage, method: string, uri: string, answered: number): string | undefined;
}
