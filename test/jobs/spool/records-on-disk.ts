import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { scanSegment } from '../../../src/jobs/spool/frame.ts';

/** The names of a spool's segments, oldest first. */
export async function segments(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.endsWith('.spool')).sort();
}

/** How many whole records stand in the segments of a folder, acknowledged or not. */
export async function countOnDisk(folder: string): Promise<number> {
  let count = 0;
  for (const name of await segments(folder)) {
    // The spool may remove one meanwhile.
    const bytes = await readFile(join(folder, name)).catch(() => Buffer.alloc(0));
    count += scanSegment(bytes, 0).records.length;
  }
  return count;
}
