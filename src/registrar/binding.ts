import type { Clock } from '../base/clock.ts';
import { parseUri, type Uri } from '../sip/uri/uri.ts';
import type { StoredBinding } from './location-store.ts';

/** A binding in memory: what the store keeps, and what routing wants ready. Never changed, only replaced. */
export interface Binding extends StoredBinding {
  /** The contact as a Request-URI: without header components and `method` (§19.1.1; RFC 4475 §3.3.14). */
  readonly requestUri: string;
  /**
   * Header parameters of the Contact other than `q` and `expires`, each with its ';', for the
   * registrar's answers. No column holds them: after a restart only `+sip.instance` and `reg-id` are left.
   */
  readonly contactParams: string;
  /** The connection that the REGISTER came over; 0 for datagrams and after a restart. */
  readonly connectionId: number;
  /** End of the binding on the clock that no one sets; infinite for a permanent one. */
  readonly endsAtMs: number;
}

/** A binding as another index takes it over: its end is told by the clock on the wall, which all of them share. */
export type SharedBinding = Omit<Binding, 'endsAtMs'>;

export function sharedPart({ endsAtMs: _endsAtMs, ...shared }: Binding): SharedBinding {
  return shared;
}

export function takenOver(shared: SharedBinding, clock: Clock): Binding {
  return { ...shared, endsAtMs: endsAtMs(shared, clock) };
}

function endsAtMs({ expiresAtMs }: StoredBinding, clock: Clock): number {
  return expiresAtMs === 0 ? Infinity : clock.monotonicMs() + expiresAtMs - clock.now();
}

/** The contact without what a Request-URI must not have (§19.1.1, table 1). */
export function requestUriOf(uri: Uri): string {
  const query = uri.headers === '' ? uri.text : uri.text.slice(0, -(uri.headers.length + 1));
  if (!/;method=/i.test(uri.params)) return query;
  const params = uri.params.replace(/;method=[^;]*/gi, '');
  return query.slice(0, -uri.params.length) + params;
}

/**
 * A binding that comes from the store. A flow over a stream ended with the process that had it, so
 * `received` of one is forgotten: the contact itself may still be reachable, that port never is.
 */
export function restoredBinding(stored: StoredBinding, clock: Clock): Binding {
  const uri = parseUri(stored.contact);
  const overStream = stored.received !== undefined && /;transport=(?!udp)/i.test(stored.received);
  return {
    ...stored,
    received: overStream ? undefined : stored.received,
    requestUri: uri === undefined ? stored.contact : requestUriOf(uri),
    contactParams: flowParams(stored),
    connectionId: 0,
    endsAtMs: endsAtMs(stored, clock),
  };
}

function flowParams({ instance, regId }: StoredBinding): string {
  if (instance === undefined) return '';
  const quoted = `;+sip.instance="${instance.replace(/["\\]/g, '\\$&')}"`;
  return regId > 0 ? `${quoted};reg-id=${regId}` : quoted;
}

/** The part of a binding that goes to the store. */
export function storedPart(binding: Binding): StoredBinding {
  const { requestUri: _requestUri, contactParams: _contactParams, connectionId: _connectionId, endsAtMs: _endsAtMs, ...stored } = binding;
  return stored;
}
