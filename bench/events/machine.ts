import { cpus, loadavg } from 'node:os';

/** What the figures were measured on: they mean nothing without it. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
}

export function thisMachine(): Machine {
  const all = cpus();
  return { cpu: all[0]?.model.trim() ?? 'unknown', cores: all.length, node: process.version };
}

/** Processes that wanted a core in the last minute: above the number of cores others slow this run down. */
export function loadAverage(): number {
  return Math.round(loadavg()[0]! * 100) / 100;
}
