/**
 * Looks at other processes of the machine. A pid alone says little after a crash: the number may
 * have been given to somebody else since. So every judgement here is about pid and start time.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A process that is running now. */
export interface RunningProcess {
  readonly pid: number;
  /** Differs between two processes that had the same pid one after the other. Opaque. */
  readonly startedAt: string;
  /** Its command line, arguments parted by blanks; may be cut by the system. */
  readonly command: string;
}

/** The process of that pid, or `undefined` when there is none or it is a zombie: dead, only not collected yet. */
export async function findProcess(pid: number): Promise<RunningProcess | undefined> {
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  return process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
}

async function fromProc(pid: number): Promise<RunningProcess | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'latin1');
    // The name stands in parentheses and may hold blanks and parentheses itself: count from its end.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8');
    // Field 22 of proc(5), the third being the first behind the name.
    return { pid, startedAt: fields[19] ?? '', command: command.split('\0').join(' ').trim() };
  } catch {
    return undefined;
  }
}

async function fromPs(pid: number): Promise<RunningProcess | undefined> {
  try {
    const { stdout } = await run('ps', ['-o', 'state=,lstart=,command=', '-p', String(pid)]);
    const match = /^\s*(\S+)\s+(\S+\s+\S+\s+\S+\s+\S+\s+\S+)\s+(.*)$/.exec(stdout.trim());
    if (!match || match[1]!.startsWith('Z')) return undefined;
    return { pid, startedAt: match[2]!, command: match[3]! };
  } catch {
    return undefined;
  }
}
