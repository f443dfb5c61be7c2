import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { TextQueue } from '../../src/base/text-queue.ts';

describe('text queue', () => {
  test('gives back what was added, over many chunks, until it is dropped', () => {
    const queue = new TextQueue();
    const kept: { position: number; text: string }[] = [];
    for (let number = 0; number < 500; number += 1) {
      const text = `${number} é `.repeat(number % 7 === 0 ? 0 : 1 + ((number * 37) % 2000));
      kept.push({ position: queue.add(text), text });
      if (number % 50 === 49) {
        kept.splice(0, 20);
        queue.dropBefore(kept[0]!.position);
        for (const { position, text: expected } of kept) assert.equal(queue.get(position, expected.length), expected);
      }
    }
  });

  test('a text as long as a chunk has one of its own', () => {
    const queue = new TextQueue();
    queue.add('before');
    const text = 'x'.repeat(2 ** 20);
    const position = queue.add(text);
    const after = queue.add('after');
    assert.deepEqual([queue.get(position, text.length) === text, queue.get(after, 5)], [true, 'after']);
  });
});
