/** What a process and all its descendants use, and the cores they run on. From /proc, as `ps` reads it. */
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';

const TICKS_PER_SECOND = Number(spawnSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }).stdout);
const PAGE_BYTES = Number(spawnSync('getconf', ['PAGESIZE'], { encoding: 'utf8' }).stdout);

interface ProcessUse {
  readonly parent: number;
  readonly ticks: number;
  readonly pages: number;
}

/** CPU seconds, user and system, and resident bytes of the whole tree. */
export function usage(root: number): { seconds: number; residentBytes: number } {
  let ticks = 0;
  let pages = 0;
  for (const use of processTree(root).values()) {
    ticks += use.ticks;
    pages += use.pages;
  }
  return { seconds: ticks / TICKS_PER_SECOND, residentBytes: pages * PAGE_BYTES };
}

/** Keeps all threads of the tree on these cores, as `taskset` writes them: `0`, `0-3`. */
export function pin(root: number, cores: string): void {
  for (const pid of processTree(root).keys()) spawnSync('taskset', ['-acp', cores, String(pid)], { stdio: 'ignore' });
}

function processTree(root: number): ReadonlyMap<number, ProcessUse> {
  const all = new Map<number, ProcessUse>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const fields = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
      all.set(Number(name), { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]), pages: Number(fields[21]) });
    } catch {
      // It ended while the list was read.
    }
  }
  const isBelowRoot = (pid: number): boolean => {
    let ancestor: number | undefined = pid;
    while (ancestor !== undefined && ancestor !== root) ancestor = all.get(ancestor)?.parent;
    return ancestor === root;
  };
  return new Map([...all].filter(([pid]) => isBelowRoot(pid)));
}
