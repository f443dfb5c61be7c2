import { readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { descendantsOf } from '../../test/app/cli-process.ts';

const TICK_MS = 1000 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** CPU milliseconds by part of the service. */
export type CpuTimes = ReadonlyMap<string, number>;

/** What a process of the service is called in the table, by its command line. */
function partOf(command: string): string {
  const role = /^sipweet (\w+)/.exec(command)?.[1];
  if (role !== undefined) return role;
  return /postgres/.test(command) ? 'postgres' : command.split(' ')[0]!;
}

/** CPU that the service, everything below it and this process have used so far. */
export async function cpuTimes(service: number, others: ReadonlyMap<string, number>): Promise<CpuTimes> {
  const times = new Map<string, number>();
  const add = (part: string, pid: number): void => void times.set(part, (times.get(part) ?? 0) + cpuOf(pid));
  add('supervisor with X sandbox', service);
  for (const { pid, command } of await descendantsOf(service)) add(partOf(command), pid);
  for (const [name, pid] of others) add(name, pid);
  add('load generator', process.pid);
  return times;
}

export function cpuSince(before: CpuTimes, after: CpuTimes): CpuTimes {
  return new Map([...after].map(([part, ms]) => [part, ms - (before.get(part) ?? 0)]));
}

/** Its own, and that of its children that have ended: connections of PostgreSQL come and go. */
function cpuOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
    return fields.slice(11, 15).reduce((ticks, field) => ticks + Number(field), 0) * TICK_MS;
  } catch {
    return 0;
  }
}
