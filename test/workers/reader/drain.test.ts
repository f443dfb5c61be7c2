import assert from 'node:assert/strict';
import test from 'node:test';
import { Drain, type Bounds, type ReadableList } from '../../../src/workers/reader/drain.ts';
import { idAt, timeOfId } from '../../../src/x/ids.ts';
import { XFailure } from '../../../src/x/port.ts';
import { MemoryCursors } from './memory-cursors.ts';

const NOW_MS = Date.UTC(2026, 7, 1, 12);
const OVERLAP_MS = 900_000;
const REACH_MS = 600_000;
const always = () => true;
/** The id of a post that was made so many seconds ago. */
const ago = (seconds: number) => idAt(NOW_MS - seconds * 1000);

/** A list of ids, newest first, two on a page. */
function setUp(options: { ids: readonly string[]; cursor?: string; maxPages?: number }) {
  const { ids, cursor, maxPages = 10 } = options;
  const cursors = new MemoryCursors();
  if (cursor !== undefined) cursors.positions.set('list', cursor);
  const state = { ids: [...ids], fail: undefined as ((token: string | undefined) => unknown) | undefined, takeFails: false };
  const pages: (string | undefined)[] = [];
  const bounds: Bounds[] = [];
  const taken: string[] = [];
  const firsts: boolean[] = [];
  const batches: (readonly string[])[] = [];
  const list: ReadableList<string> = {
    name: 'list',
    async page(wanted, pageToken) {
      pages.push(pageToken);
      bounds.push(wanted);
      const failure = state.fail?.(pageToken);
      if (failure !== undefined) throw failure;
      const rest = pageToken === undefined ? state.ids : state.ids.slice(state.ids.indexOf(pageToken) + 1);
      const items = rest.slice(0, 2);
      return { items, newestId: items[0], nextToken: rest.length > 2 ? items.at(-1) : undefined };
    },
    async take(items, isFirst) {
      if (state.takeFails) throw new Error('the database is switched off');
      taken.push(...items);
      batches.push(items);
      firsts.push(isFirst);
    },
  };
  const drain = new Drain(list, { cursors, overlapMs: OVERLAP_MS, firstReachMs: REACH_MS, maxPages, now: () => NOW_MS });
  return { drain, state, pages, bounds, taken, batches, firsts, cursor: () => cursors.positions.get('list') };
}

const FIVE = [ago(1), ago(2), ago(3), ago(4), ago(5)];

test('all pages are read before the cursor moves to the newest id', async () => {
  const { drain, state, taken, cursor } = setUp({ ids: FIVE, cursor: ago(60) });
  state.fail = (token) => void (token !== undefined && assert.equal(cursor(), ago(60)));
  assert.equal(await drain.poll(always), true);
  assert.deepEqual(taken, FIVE);
  assert.equal(cursor(), FIVE[0]);
});

test('a page that fails in the middle moves nothing; the next poll goes on with that page', async () => {
  const { drain, state, taken, cursor, pages } = setUp({ ids: FIVE, cursor: ago(60) });
  state.fail = (token) => (token === FIVE[1] ? new XFailure('unavailable', 'X answered 503') : undefined);
  await assert.rejects(drain.poll(always), { class: 'unavailable' });
  assert.deepEqual([cursor(), taken.length], [ago(60), 2]);
  state.fail = undefined;
  assert.equal(await drain.poll(always), true);
  assert.deepEqual(taken, FIVE);
  assert.equal(cursor(), FIVE[0]);
  assert.deepEqual(pages, [undefined, FIVE[1], FIVE[1], FIVE[3]]);
});

test('the pages of a poll are taken together, so that what was written first is not taken last', async () => {
  const { drain, batches } = setUp({ ids: FIVE, cursor: ago(60) });
  await drain.poll(always);
  assert.deepEqual(batches, [FIVE]);
});

test('what cannot be stored moves nothing and is read again', async () => {
  const { drain, state, taken, cursor } = setUp({ ids: FIVE, cursor: ago(60) });
  state.takeFails = true;
  await assert.rejects(drain.poll(always), /switched off/);
  assert.equal(cursor(), ago(60));
  state.takeFails = false;
  await drain.poll(always);
  assert.deepEqual(taken, FIVE);
});

test('a poll reads so many pages at most; newer posts that come meanwhile wait for the reading after it', async () => {
  const { drain, state, taken, cursor } = setUp({ ids: FIVE, cursor: ago(60), maxPages: 2 });
  assert.equal(await drain.poll(always), false);
  assert.equal(cursor(), ago(60));
  state.ids.unshift(ago(0));
  assert.equal(await drain.poll(always), true);
  assert.deepEqual(taken, FIVE);
  assert.equal(cursor(), FIVE[0]);
  await drain.poll(always);
  assert.ok(taken.includes(ago(0)));
});

test('a page token that X has forgotten starts the list over', async () => {
  const { drain, state, cursor, pages } = setUp({ ids: FIVE, cursor: ago(60), maxPages: 1 });
  await drain.poll(always);
  state.fail = (token) => (token === undefined ? undefined : new XFailure('invalid', 'pagination_token is not valid', { status: 400 }));
  await assert.rejects(drain.poll(always), { class: 'unavailable' });
  state.fail = undefined;
  for (let polls = 0; polls < 3; polls += 1) await drain.poll(always);
  assert.deepEqual(pages, [undefined, FIVE[1], undefined, FIVE[1], FIVE[3]]);
  assert.equal(cursor(), FIVE[0]);
});

test('a request that X finds invalid by itself stays so', async () => {
  const { drain, state } = setUp({ ids: FIVE, cursor: ago(60) });
  state.fail = () => new XFailure('invalid', 'max_results', { status: 400 });
  await assert.rejects(drain.poll(always), { class: 'invalid' });
});

test('each reading reaches back behind the cursor by the overlap', async () => {
  const { drain, bounds } = setUp({ ids: [], cursor: ago(60) });
  await drain.poll(always);
  assert.deepEqual(bounds, [{ readTo: ago(60), overlapTo: idAt(timeOfId(ago(60)) - OVERLAP_MS) }]);
});

test('an empty list leaves the cursor alone', async () => {
  const { drain, cursor } = setUp({ ids: [], cursor: ago(60) });
  assert.equal(await drain.poll(always), true);
  assert.equal(cursor(), ago(60));
});

test('the first reading ever reaches back as far as a command may be old, and is told as such', async () => {
  const { drain, bounds, firsts, cursor } = setUp({ ids: [] });
  await drain.poll(always);
  assert.deepEqual(bounds, [{ readTo: ago(600), overlapTo: ago(600) }]);
  assert.equal(cursor(), ago(600));
  await drain.poll(always);
  assert.deepEqual(firsts, [true, false]);
});

test('what a page brings after the poll is not wanted any more is left to whoever reads now', async () => {
  const { drain, state, taken, cursor } = setUp({ ids: FIVE, cursor: ago(60) });
  let wanted = true;
  state.fail = () => void (wanted = false);
  assert.equal(await drain.poll(() => wanted), false);
  assert.deepEqual(taken, []);
  assert.equal(cursor(), ago(60));
});
