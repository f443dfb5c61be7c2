import { parseArgs } from 'node:util';
import { TARGETS } from './targets.ts';

export const BACKENDS = ['postgres', 'redis'] as const;

/** Where BullMQ keeps its queues; the service's own tables are in the embedded PostgreSQL either way. */
export type BackendName = (typeof BACKENDS)[number];

export interface Options {
  readonly backends: readonly BackendName[];
  /** Calls that are measured one after the other. */
  readonly calls: number;
  /** How long the load lasts. */
  readonly seconds: number;
  /** Missed calls a second, and answered ones. */
  readonly rate: number;
  readonly background: number;
  /** File for the result. */
  readonly json: string | undefined;
  /** Folder for a CPU profile of each process of the service. */
  readonly profile: string | undefined;
  /** Further options of the service, as its `--set` takes them. */
  readonly set: readonly string[];
}

const HELP = `From a missed call to its direct message: how long it takes, and how many a second go through.

  npm run bench:events -- [options]

  --backend NAME      postgres, redis or both (default: both)
  --calls N           calls at rest, one after the other (default: 200)
  --seconds N         how long the load lasts (default: 20)
  --rate N            missed calls a second (default: ${TARGETS.missedPerSecond})
  --background N      answered calls a second beside them (default: ${TARGETS.callsPerSecond})
  --json FILE         writes the result as JSON too
  --profile FOLDER    writes a CPU profile of each process of the service
  --set NAME=VALUE    an option of the service; may be repeated

Examples:
  npm run bench:events                                    both backends against the targets
  npm run bench:events -- --backend postgres --calls 50   one backend, a short look
  npm run bench:events -- --rate 200 --background 0       messages alone, at 200 a second
  npm run bench:events -- --calls 0 --profile /tmp/cpu    where the CPU goes under load

Needs redis-server (Debian: apt install redis-server) unless --backend is postgres. Exit code 1 when a target is missed.`;

/** Reads the command line. Ends the program for --help, and with exit code 2 for what cannot be read. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parse(args);
  if (values.help === true) {
    console.log(HELP);
    process.exit(0);
  }
  const { backend } = values;
  const backends = BACKENDS.filter((name) => backend === name || backend === 'both');
  if (backends.length === 0) refuse(`--backend is postgres, redis or both, not ${backend}`);
  return {
    backends,
    calls: numberOf('calls', values.calls),
    seconds: numberOf('seconds', values.seconds),
    rate: numberOf('rate', values.rate),
    background: numberOf('background', values.background),
    json: values.json,
    profile: values.profile,
    set: values.set,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        backend: { type: 'string', default: 'both' },
        calls: { type: 'string', default: '200' },
        seconds: { type: 'string', default: '20' },
        rate: { type: 'string', default: String(TARGETS.missedPerSecond) },
        background: { type: 'string', default: String(TARGETS.callsPerSecond) },
        json: { type: 'string' },
        profile: { type: 'string' },
        set: { type: 'string', multiple: true, default: [] },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (thrown) {
    return refuse((thrown as Error).message);
  }
}

function numberOf(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 100_000) refuse(`--${name} is a whole number, not ${text}`);
  return value;
}

function refuse(reason: string): never {
  console.error(`${reason}\n\n${HELP}`);
  process.exit(2);
}
