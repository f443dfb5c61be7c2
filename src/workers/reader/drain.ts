import { idAt, newestId, timeOfId } from '../../x/ids.ts';
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
  /** Newest id on the pages that were taken. */
  readonly newestId: string | undefined;
  /** Of the next page; `undefined` before the first. */
  readonly pageToken: string | undefined;
}

/** What one poll got: the items of its pages, and the reading as it stands after them. */
interface Haul<Item> {
  readonly items: readonly Item[];
  readonly reading: Reading;
  readonly isDrained: boolean;
  /** Why it ended early. */
  readonly failure?: unknown;
}

/**
 * Reads a list of X page by page, from its newest end down to the cursor. The cursor moves when the
 * last page was taken and never before: whatever fails in between is read again.
 *
 * X gives the newest first, and people are to be answered in the order in which they wrote. So the
 * pages of a poll are taken together; when one fails, those before it are not kept waiting.
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
    this.#reading ??= await this.#begin();
    const { items, reading, isDrained, failure } = await this.#haul(this.#reading, isWanted);
    // Whoever reads now takes what was on the pages.
    if (!isWanted()) return false;
    await this.#list.take(items, reading.isFirst);
    this.#reading = reading;
    if (failure !== undefined) throw this.#orStartOver(failure);
    if (!isDrained) return false;
    await this.#options.cursors.advance(this.#list.name, reading.newestId ?? reading.bounds.readTo);
    this.#reading = undefined;
    return true;
  }

  async #haul(from: Reading, isWanted: () => boolean): Promise<Haul<Item>> {
    const items: Item[] = [];
    let reading = from;
    for (let pages = 0; pages < this.#options.maxPages && isWanted(); pages += 1) {
      let page: ListPage<Item>;
      try {
        page = await this.#list.page(reading.bounds, reading.pageToken);
      } catch (failure) {
        return { items, reading, isDrained: false, failure };
      }
      items.push(...page.items);
      reading = { ...reading, newestId: newestOf(reading.newestId, page.newestId), pageToken: page.nextToken };
      if (page.nextToken === undefined) return { items, reading, isDrained: true };
    }
    return { items, reading, isDrained: false };
  }

  async #begin(): Promise<Reading> {
    const { cursors, firstReachMs, overlapMs, now } = this.#options;
    const cursor = await cursors.read(this.#list.name);
    const readTo = cursor ?? idAt(now() - firstReachMs);
    const overlapTo = cursor === undefined ? readTo : idAt(timeOfId(cursor) - overlapMs);
    return { bounds: { readTo, overlapTo }, isFirst: cursor === undefined, newestId: undefined, pageToken: undefined };
  }

  /** X has forgotten a page token that was put aside for too long: from the top again. What was taken is known by its id. */
  #orStartOver(failure: unknown): unknown {
    if (this.#reading?.pageToken === undefined || !(failure instanceof XFailure) || failure.class !== 'invalid') return failure;
    this.#reading = undefined;
    return new XFailure('unavailable', `X does not continue the list: ${failure.reason}`);
  }
}

function newestOf(a: string | undefined, b: string | undefined): string | undefined {
  return newestId([a, b].filter((id) => id !== undefined));
}
