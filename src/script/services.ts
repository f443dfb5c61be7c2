import type { Clock } from '../base/clock.ts';
import type { Counters } from '../base/counters.ts';
import type { Logger } from '../base/logger.ts';
import type { Proxy } from '../proxy/proxy.ts';
import type { Endpoint } from '../sip/endpoint/endpoint.ts';
import type { Uri } from '../sip/uri/uri.ts';
import type { ScriptModules } from './modules/modules.ts';

/** Which hosts are this service (Kamailio: `myself`). */
export interface OwnNames {
  /** True when the URI's host and port name one of our sockets or domains. */
  isOwnUri(uri: Uri): boolean;
  /** The same for a host, without brackets, and a port; 0 is any. */
  isOwn(host: string, port: number): boolean;
  /** What stands behind the `@` in the addresses of our users, with its port where that is needed. */
  readonly userHost: string;
}

/** What the functions of a script work with: the SIP core, and the state of the KSR modules. */
export interface ScriptServices {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counters: Counters;
  readonly endpoint: Endpoint;
  readonly proxy: Proxy;
  readonly ownNames: OwnNames;
  readonly modules: ScriptModules;
}
