import type { Clock } from '../base/clock.ts';
import type { ClientTransaction } from '../sip/endpoint/client-transaction.ts';
import type { SipMessage } from '../sip/message/sip-message.ts';
import type { TransactionTimings } from '../sip/transaction/timings.ts';
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

/** A request inside of a dialog: the dialog says the rest. */
export interface InDialogParts {
  readonly method: string;
  readonly headers?: string;
  readonly body?: string;
}

/** What a call needs of the user agent that it belongs to. */
export interface CallerAgent {
  readonly clock: Clock;
  readonly timings: TransactionTimings;
  /** Contact value of the phone. */
  readonly contact: string;
  nextCSeq(): number;
  /** Starts a request and gives its transaction. */
  send(parts: RequestParts, onResponse: (response: SipMessage) => void, onFailure: () => void): ClientTransaction;
  /** The same inside of a dialog, with its next CSeq (RFC 3261 §12.2.1.1). */
  sendInDialog(dialog: Dialog, parts: InDialogParts, onResponse: (response: SipMessage) => void, onFailure: () => void): ClientTransaction;
  /** Sends the ACK of a 2xx, which has no transaction (RFC 3261 §13.2.2.4); `answer` is a session description, '' for none. */
  acknowledge(dialog: Dialog, cseq: number, answer: string): void;
  /** Ends a dialog; resolves with the status of the answer, 408 when there was none. */
  hangUp(dialog: Dialog): Promise<number>;
  /** Header lines that answer a challenge, as `credentialsLine` has them; undefined when there is no log-in. */
  credentialsFor(response: SipMessage, method: string, uri: string, answered: number): string | undefined;
}
