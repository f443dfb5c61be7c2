import type { Clock } from '../base/clock.ts';
import type { Counters } from '../base/counters.ts';
import type { Logger } from '../base/logger.ts';
import type { Config } from '../config/schema.ts';
import type { Role, RoleReport } from './process-messages.ts';

/** A role that runs in this process. */
export interface RunningRole {
  readonly report: RoleReport;
  /** Reads the routing script again; a script with a mistake is logged and the old one goes on. */
  reload(): void;
  readonly counters: Counters;
  /** Ends in order: takes nothing new, finishes what runs, lets go of everything. */
  stop(): Promise<void>;
}

export interface RoleParts {
  /** With `database.url` and the access to X filled in. */
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Starts a role. Loaded when asked for: a worker has no use for the Lua engine, nor a SIP node for the client of X. */
export async function startRole(role: Role, parts: RoleParts): Promise<RunningRole> {
  if (role === 'sip') return (await import('./sip-service.ts')).startSipService(parts);
  if (role === 'console') return (await import('./console-node.ts')).startConsoleNode(parts);
  return (await import('./worker-node.ts')).startWorkerNode(parts);
}
