/** What the supervisor and its processes tell each other over the channel of `child_process.fork`. */
import type { ErrorCode } from '../base/errors.ts';
import type { Config } from '../config/schema.ts';

/** What a process does; also its word on the command line. */
export type Role = 'sip' | 'worker' | 'console';

/** A socket that takes SIP. */
export interface SipSocket {
  readonly protocol: 'udp' | 'tcp';
  readonly address: string;
  readonly port: number;
}

/** What a process says of itself when it is ready. */
export interface RoleReport {
  /** Empty for others than SIP. */
  readonly sockets: readonly SipSocket[];
  /** Of the console: where browsers reach it, and the port that it listens on. */
  readonly console?: { readonly origin: string; readonly port: number };
}

/**
 * `settings` comes first and once: the whole configuration with every default filled in. It goes
 * over this channel because a command line or an environment could be read by others, and it holds
 * passwords. The child does not load it again: a file that is being edited must not decide about a restart.
 */
export type MessageToChild =
  | { readonly kind: 'settings'; readonly config: Config }
  | { readonly kind: 'reload' }
  | { readonly kind: 'counters' }
  | { readonly kind: 'stop' };

export type MessageFromChild =
  | { readonly kind: 'ready'; readonly report: RoleReport }
  /** It cannot start; the process ends by itself. Without a code the failure was not foreseen. */
  | { readonly kind: 'failed'; readonly code?: ErrorCode; readonly message: string };
