import { compareIds } from '../../../src/x/ids.ts';
import type { Cursors } from '../../../src/workers/reader/drain.ts';

/** `x_cursors` in memory. */
export class MemoryCursors implements Cursors {
  readonly positions = new Map<string, string>();

  async read(name: string): Promise<string | undefined> {
    return this.positions.get(name);
  }

  async advance(name: string, position: string): Promise<void> {
    const current = this.positions.get(name);
    if (current === undefined || compareIds(position, current) > 0) this.positions.set(name, position);
  }
}
