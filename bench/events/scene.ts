import type { Callers } from './callers.ts';
import type { Inbox } from './inbox.ts';
import type { Phones } from './phones.ts';
import type { Service } from './service.ts';

/** A service and those who use it. */
export interface Scene {
  readonly service: Service;
  readonly phones: Phones;
  readonly callers: Callers;
  readonly inbox: Inbox;
  /** Gives each call its number. */
  readonly numbers: { next(): number };
  /** Processes that count besides the service, by name. */
  readonly others: ReadonlyMap<string, number>;
}
