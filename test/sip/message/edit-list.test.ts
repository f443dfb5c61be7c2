import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { EditList, type Edit } from '../../../src/sip/message/edit-list.ts';

const RAW = '0123456789';

function applied(make: (edits: EditList) => void, start = 0, end = RAW.length): string {
  const edits = new EditList();
  make(edits);
  return edits.apply(RAW, start, end);
}

describe('changes', () => {
  test('none leaves the octets as they came', () => assert.equal(applied(() => {}), RAW));

  test('insert, replace and remove mean offsets of what was received, in any order of making', () => {
    const makers: ((edits: EditList) => void)[] = [(edits) => edits.insert(2, '<a>'), (edits) => edits.replace(4, 6, '<b>'), (edits) => edits.remove(8, 9)];
    for (const order of [[0, 1, 2], [2, 1, 0], [1, 2, 0]]) {
      assert.equal(applied((edits) => order.forEach((index) => makers[index]!(edits))), '01<a>23<b>679');
    }
  });

  test('what is inserted at one place stands in the order of making', () => {
    assert.equal(applied((edits) => ['a', 'b', 'c'].forEach((text) => edits.insert(3, text))), '012abc3456789');
  });

  test('insertions at both ends of the message are made', () => {
    assert.equal(applied((edits) => { edits.insert(10, '>'); edits.insert(0, '<'); }), '<0123456789>');
  });

  test('an insertion where octets are taken away stays, before or after in time', () => {
    assert.equal(applied((edits) => { edits.remove(2, 5); edits.insert(2, 'x'); }), '01x56789');
    assert.equal(applied((edits) => { edits.insert(2, 'x'); edits.remove(2, 5); }), '01x56789');
  });

  test('it stands before what replaces them', () => {
    assert.equal(applied((edits) => { edits.replace(2, 5, 'R'); edits.insert(2, 'i'); }), '01iR56789');
  });

  test('an insertion behind the last octet taken away stays', () => {
    assert.equal(applied((edits) => { edits.insert(5, 'x'); edits.remove(2, 5); }), '01x56789');
  });

  test('an insertion amid octets that are taken away goes with them', () => {
    assert.equal(applied((edits) => { edits.insert(3, 'x'); edits.remove(2, 5); }), '0156789');
  });

  test('a second change of the same octets replaces the first', () => {
    assert.equal(applied((edits) => { edits.replace(2, 5, 'a'); edits.replace(2, 5, 'b'); }), '01b56789');
    assert.equal(applied((edits) => { edits.replace(2, 5, 'a'); edits.remove(2, 5); }), '0156789');
  });

  test('of two that begin together the longer one is made, whatever came first', () => {
    assert.equal(applied((edits) => { edits.replace(2, 4, 'short'); edits.replace(2, 6, 'long'); }), '01long6789');
    assert.equal(applied((edits) => { edits.replace(2, 6, 'long'); edits.replace(2, 4, 'short'); }), '01long6789');
  });

  test('of two that overlap the one that begins first is made', () => {
    assert.equal(applied((edits) => { edits.replace(4, 8, 'late'); edits.replace(2, 6, 'early'); }), '01early6789');
  });

  test('a replacement of no octets is an insertion', () => {
    assert.equal(applied((edits) => { edits.replace(10, 10, 'body'); }), '0123456789body');
  });
});

describe('a part of the message', () => {
  test('only changes within it are made', () => {
    const make = (edits: EditList): void => { edits.remove(0, 2); edits.replace(3, 4, 'x'); edits.remove(5, 9); };
    assert.equal(applied(make, 2, 6), '2x45');
    assert.equal(applied(make, 4, 10), '49');
  });

  test('a change that reaches out of it hides none that lies within', () => {
    assert.equal(applied((edits) => { edits.remove(3, 9); edits.insert(4, 'x'); }, 2, 6), '23x45');
  });
});

describe('copies (§16.6 step 1)', () => {
  test('a copy starts with the changes made and then goes its own way', () => {
    const first = new EditList();
    first.insert(0, 'a');
    const second = first.copy();
    first.insert(0, 'b');
    second.remove(0, 5);
    assert.equal(first.apply(RAW, 0, 10), 'ab0123456789');
    assert.equal(second.apply(RAW, 0, 10), 'a56789');
    second.clear();
    assert.equal(second.size, 0);
    assert.equal(first.size, 2);
  });
});

describe('questions', () => {
  test('removes, touches and inserts tell of places', () => {
    const edits = new EditList();
    edits.remove(2, 5);
    edits.insert(7, 'Max-Forwards: 70');
    assert.deepEqual([1, 2, 4, 5].map((at) => edits.removes(at)), [false, true, true, false]);
    assert.deepEqual([2, 3, 7].map((at) => edits.touches(at)), [true, false, true]);
    assert.equal(edits.inserts(7, 'Max-Forwards:'), true);
    assert.equal(edits.inserts(7, 'Route:'), false);
    assert.deepEqual(edits.all.map((edit) => edit.start), [2, 7]);
  });
});

/** The same by brute force: octet by octet, each change looked for anew. */
function naive(changes: readonly Edit[], raw: string): string {
  const replacements = changes
    .filter((change, index) => change.end > change.start && !changes.some((later, at) => at > index && later.start === change.start && later.end === change.end))
    .sort((a, b) => a.start - b.start || b.end - a.end);
  let made: Edit[] = [];
  for (const change of replacements) if (made.every((other) => change.start >= other.end)) made = [...made, change];
  let out = '';
  for (let at = 0; at <= raw.length; at += 1) {
    if (made.some((change) => change.start < at && at < change.end)) continue;
    for (const change of changes) if (change.start === at && change.end === at) out += change.text;
    const replaced = made.find((change) => change.start === at);
    if (replaced !== undefined) out += replaced.text;
    else if (!made.some((change) => change.start <= at && at < change.end)) out += raw.slice(at, at + 1);
  }
  return out;
}

test('any changes in any order give what a plain model gives', () => {
  const edit = fc.tuple(fc.nat(10), fc.nat(10), fc.constantFrom('', 'a', 'b', 'cc', 'ddd')).map(([a, b, text]) => ({ start: Math.min(a, b), end: Math.max(a, b), text }));
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 8 }), (changes) => {
      assert.equal(applied((edits) => changes.forEach(({ start, end, text }) => edits.replace(start, end, text))), naive(changes, RAW));
    }),
    { numRuns: 2000 },
  );
});

test('changes that take octets away give the same in whatever order they are made', () => {
  const edit = fc.tuple(fc.nat(9), fc.integer({ min: 1, max: 5 }), fc.constantFrom('', 'a', 'b')).map(([start, length, text]) => ({ start, end: Math.min(10, start + length), text }));
  fc.assert(
    fc.property(fc.uniqueArray(edit, { maxLength: 6, selector: (each) => `${each.start} ${each.end}` }), fc.array(fc.nat()), (changes, seed) => {
      const shuffled = changes.map((change, index) => ({ change, key: seed[index] ?? index })).sort((a, b) => a.key - b.key).map(({ change }) => change);
      const write = (list: readonly Edit[]): string => applied((edits) => list.forEach(({ start, end, text }) => edits.replace(start, end, text)));
      assert.equal(write(shuffled), write(changes));
    }),
  );
});
