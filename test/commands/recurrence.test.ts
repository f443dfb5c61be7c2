import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { IANAZone } from 'luxon';
import { firstOccurrence, monthDays, nextOccurrence } from '../../src/commands/recurrence.ts';
import { floatingOfWall, rewall, wallOf, wallOfFloating } from '../../src/commands/wall.ts';
import { at } from './context.ts';

const DAY_MS = 86_400_000;

/** Instants in 2026 and 2027 at which the clocks of a zone change. */
function changesOf(zone: string): number[] {
  const clock = IANAZone.create(zone);
  const changes: number[] = [];
  for (let day = at('2026-01-01T00:00Z'); day < at('2028-01-01T00:00Z'); day += DAY_MS) {
    if (clock.offset(day) === clock.offset(day + DAY_MS)) continue;
    let [before, after] = [day, day + DAY_MS];
    while (after - before > 60_000) {
      const middle = before + Math.floor((after - before) / 120_000) * 60_000;
      if (clock.offset(middle) === clock.offset(day)) before = middle;
      else after = middle;
    }
    changes.push(after);
  }
  return changes;
}

/** Times of day at which something can go wrong at a change: what the clock shows before and behind it, and between. */
function clocksAround(change: number, zone: string): string[] {
  const offsets = [change - 1, change].map((instant) => IANAZone.create(zone).offset(instant));
  const [least, most] = [Math.min(...offsets), Math.max(...offsets)];
  const minutes = [least - 1, least, (least + most) / 2, most - 1, most, most + 1].map(Math.floor);
  return [...new Set(['09:00', ...minutes.map((offset) => wallOfFloating(change + offset * 60_000).slice(11))])];
}

/** By the two offsets round a change alone: when the clock shows `wall`, the first time first. */
function instantsOf(wall: string, change: number, zone: string): number[] {
  const clock = IANAZone.create(zone);
  const offsets = [...new Set([change - 1, change].map((instant) => clock.offset(instant)))];
  const candidates = offsets.map((offset) => ({ offset, instant: floatingOfWall(wall) - offset * 60_000 }));
  return candidates.filter(({ offset, instant }) => clock.offset(instant) === offset).map(({ instant }) => instant).sort((x, y) => x - y);
}

test('every day at a time, over every change of the clocks in every zone: once a day, at that time, behind it in a gap', () => {
  let changes = 0;
  for (const zone of Intl.supportedValuesOf('timeZone')) {
    for (const change of changesOf(zone)) {
      changes += 1;
      for (const clock of clocksAround(change, zone)) {
        const start = `${wallOf(change - 3 * DAY_MS, zone).slice(0, 10)}T${clock}`;
        let after = rewall(start, zone)!.atMs - 1;
        for (let day = 0; day < 6; day += 1) {
          const expected = wallOfFloating(floatingOfWall(start) + day * DAY_MS);
          const found = nextOccurrence('FREQ=DAILY', start, zone, after);
          const said = `${zone} ${expected}: ${JSON.stringify(found)}`;
          assert.ok(found !== undefined && found.atMs > after, said);
          assert.equal(found.wall, expected, said);
          const instants = instantsOf(expected, change, zone);
          assert.equal(found.shift, instants.length === 0 ? 'gap' : instants.length === 2 ? 'overlap' : undefined, said);
          // In a gap the clock of before the change goes on.
          assert.equal(found.atMs, instants[0] ?? floatingOfWall(expected) - IANAZone.create(zone).offset(change - 1) * 60_000, said);
          after = found.atMs;
        }
      }
    }
  }
  assert.ok(changes > 400, `${changes} changes`);
});

test('asked at any moment, the next occurrence is the first one after it', () => {
  const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'America/Sao_Paulo', 'Africa/Cairo', 'Pacific/Apia'];
  const moments = fc.integer({ min: at('2026-01-01T00:00Z'), max: at('2028-01-01T00:00Z') });
  const rules = fc.constantFrom('FREQ=DAILY', 'FREQ=DAILY;INTERVAL=3', 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR', 'FREQ=WEEKLY;INTERVAL=2;BYDAY=SU', 'FREQ=MONTHLY;BYMONTHDAY=5', 'FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1', 'FREQ=MONTHLY;BYDAY=-1SU', 'FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=29');
  fc.assert(
    fc.property(fc.constantFrom(...zones), rules, moments, fc.integer({ min: 0, max: 1439 }), (zone, rule, moment, minute) => {
      const clock = wallOfFloating(minute * 60_000).slice(11);
      const first = firstOccurrence(rule, clock, zone, moment)!;
      assert.ok(first.atMs > moment);
      assert.equal(first.wall.slice(11), clock);
      const second = nextOccurrence(first.rrule, first.wall, zone, first.atMs)!;
      assert.ok(second.atMs > first.atMs);
      // Between two neighbours the answer is always the later one, and just before one it is that one.
      for (const asked of [first.atMs, first.atMs + 1, Math.floor((first.atMs + second.atMs) / 2), second.atMs - 1]) {
        assert.deepEqual(nextOccurrence(first.rrule, first.wall, zone, asked), second);
      }
      assert.deepEqual(nextOccurrence(first.rrule, first.wall, zone, first.atMs - 1)?.atMs, first.atMs);
    }),
    { numRuns: 500 },
  );
});

describe('rules', () => {
  const next = (rule: string, wall: string, count: number) => {
    const walls: string[] = [];
    for (let after = rewall(wall, 'Europe/Berlin')!.atMs - 1; walls.length < count; ) {
      const found = nextOccurrence(rule, wall, 'Europe/Berlin', after)!;
      walls.push(found.wall);
      after = found.atMs;
    }
    return walls.map((found) => found.slice(5, 10));
  };

  test('the 31st of a month that has none is its last day', () => {
    assert.deepEqual(next(`FREQ=MONTHLY;${monthDays(31)}`, '2027-01-31T09:00', 4), ['01-31', '02-28', '03-31', '04-30']);
    assert.deepEqual(next(`FREQ=MONTHLY;${monthDays(29)}`, '2027-01-29T09:00', 3), ['01-29', '02-28', '03-29']);
  });

  test('a rule goes on from any of its occurrences', () => {
    const all = next('FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH', '2026-11-30T09:00', 6);
    assert.deepEqual(all, ['11-30', '12-03', '12-14', '12-17', '12-28', '12-31']);
    assert.deepEqual(next('FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH', '2026-12-03T09:00', 5), all.slice(1));
  });

  test('every week without a day is the day of the first time', () => {
    assert.equal(firstOccurrence('FREQ=WEEKLY', '12:00', 'Europe/Berlin', at('2026-11-27T10:00+01:00'))?.rrule, 'FREQ=WEEKLY;BYDAY=FR');
    assert.equal(firstOccurrence('FREQ=MONTHLY', '09:00', 'Europe/Berlin', at('2026-11-30T10:00+01:00'))?.rrule, `FREQ=MONTHLY;${monthDays(30)}`);
  });

  test('a rule that nobody could mean throws; one that has ended has no next', () => {
    assert.throws(() => nextOccurrence('FREQ=SOMETIMES', '2026-11-27T09:00', 'UTC', 0));
    assert.equal(nextOccurrence('FREQ=DAILY;COUNT=2', '2026-11-27T09:00', 'UTC', at('2026-11-28T09:00Z')), undefined);
  });
});

describe('rewall', () => {
  test('a day that a zone leaves out is a gap', () => {
    const skipped = rewall('2011-12-30T09:00', 'Pacific/Apia')!;
    assert.deepEqual([skipped.shift, wallOf(skipped.atMs, 'Pacific/Apia')], ['gap', '2011-12-31T09:00']);
  });

  test('what is no time, date or zone is undefined', () => {
    for (const wall of ['2026-02-30T09:00', '2026-11-27', '2026-11-27T25:00', '', '2026-11-27T09:00:00']) assert.equal(rewall(wall, 'UTC'), undefined, wall);
    assert.equal(rewall('2026-11-27T09:00', 'Nowhere/At_All'), undefined);
  });
});
