import { compareIds, idAt, timeOfId } from '../../x/ids.ts';
import { XFailure } from '../../x/port.ts';

/** A page of a list of X, newest first. */
export interface ListPage<Item> {
  readonly items: readonly Item[];
  /** Newest id that X listed on it; `undefined` of an empty page. */
  readonly newestId: string | undefined;
  /** Token of the next page; `undefined` when everything that is asked for has been seen. */
  readonly nextToken: string | undefined;
}

/** Where one reading of a list ends. */
export interface Bounds {
  /** The cursor: up to here the list was read. */
  readonly readTo: string;
  /** Older than the cursor by the overlap: X may show something late, below what was seen already. */
  readonly overlapTo: string;
}

export interface ReadableList<Item> {
  /** Name of its cursor. */
  readonly name: string;
  page(bounds: Bounds, pageToken: string | undefined): Promise<ListPage<Item>>;
  /** Makes the items durable; the same ones may come many times. `isFirst`: nothing was ever read before. */
  take(items: readonly Item[], isFirst: boolean): Promise<void>;
}

export interface Cursors {
  read(name: string): Promise<string | undefined>;
  advance(name: string, position: string): Promise<void>;
}

export interface DrainOptions {
  readonly cursors: Cursors;
  readonly overlapMs: number;
  /** How far back the very first reading goes: `x.maxAgeMs`. */
  readonly firstReachMs: number;
  /** Pages that one poll reads at most; the next poll goes on where it ended. */
  readonly maxPages: number;
  readonly now: () => number;
}

/** A reading that is under way, over as many polls as it needs. */
interface Reading {
  readonly bounds: Bounds;
  readonly isFirst: boolean;
  newestId: string | undefined;
  pageToken: string | undefined;
}

/**
 * Reads a list of X page by page, from its newest end down to the cursor. The cursor moves when the
 * last page was taken and never before: whatever fails in between is read again.
 */
export class Drain<Item> {
  readonly #list: ReadableList<Item>;
  readonly #options: DrainOptions;
  #reading: Reading | undefined;

  constructor(list: ReadableList<Item>, options: DrainOptions) {
    this.#list = list;
    this.#options = options;
  }

  /**
   * Reads pages until the list is drained, the pages of a poll are used up, or `isWanted` says no.
   * True when the list is drained.
   *
   * @throws XFailure, and whatever cursors and `take` reject with
   */
  async poll(isWanted: () => boolean): Promise<boolean> {
    const { cursors, maxPages } = this.#options;
    const reading = (this.#reading ??= await this.#begin());
    for (let pages = 0; pages < maxPages && isWanted(); pages += 1) {
      const page = await this.#page(reading);
      // Whoever reads now takes what was on the page.
      if (!isWanted()) return false;
      await this.#list.take(page.items, reading.isFirst);
      if (page.newestId !== undefined && (reading.newestId === undefined || compareIds(page.newestId, reading.newestId) > 0)) {
        reading.newestId = page.newestId;
      }
      reading.pageToken = page.nextToken;
      if (page.nextToken === undefined) {
        await cursors.advance(this.#list.name, reading.newestId ?? reading.bounds.readTo);
        this.#reading = undefined;
        return true;
      }
    }
    return false;
  }

  async #begin(): Promise<Reading> {
    const { cursors, firstReachMs, overlapMs, now } = this.#options;
    const cursor = await cursors.read(this.#list.name);
    const readTo = cursor ?? idAt(now() - firstReachMs);
    const overlapTo = cursor === undefined ? readTo : idAt(timeOfId(cursor) - overlapMs);
    return { bounds: { readTo, overlapTo }, isFirst: cursor === undefined, newestId: undefined, pageToken: undefined };
  }

  async #page(reading: Reading): Promise<ListPage<Item>> {
    const { pageToken, bounds } = reading;
    try {
      return await this.#list.page(bounds, pageToken);
    } catch (thrown) {
      if (pageToken === undefined || !(thrown instanceof XFailure) || thrown.class !== 'invalid') throw thrown;
      // A token that was put aside for too long. From the top again: what was taken is known by its id.
      this.#reading = undefined;
      throw new XFailure('unavailable', `X does not continue the list: ${thrown.reason}`);
    }
  }
}
