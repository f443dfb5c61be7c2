/**
 * Gives changed messages to the parser and to what is built on it, and says what came of them:
 * `node --import tsx fuzz/parse-message.ts --iterations 100000 --seed 1`. A text that breaks a
 * rule of check-message.ts is printed with its seed; ten of them end the run, with exit 1.
 */
import { parseArgs } from 'node:util';
import { errorText } from '../src/base/errors.ts';
import { checkMessage } from './check-message.ts';
import { startCorpus } from './corpus.ts';
import { mutate } from './mutation.ts';
import { seedOf, seeded } from './random.ts';

const MAX_SHOWN = 10;
/** A text of at most some kilobytes has no business taking longer. */
const SLOW_MS = 200;

/** A second time tells whether it was the text or the machine. */
function againMs(text: string): number {
  const beganMs = performance.now();
  try {
    checkMessage(text);
  } catch {
    // It was told of at the first time.
  }
  return performance.now() - beganMs;
}

const { values } = parseArgs({ options: { iterations: { type: 'string', default: '100000' }, seed: { type: 'string', default: '1' } } });
const iterations = Number(values.iterations);
const seed = Number(values.seed);

const corpus = startCorpus();
const outcomes = new Map<string, number>();
let broken = 0;
let slowestMs = 0;
const startMs = performance.now();

for (let iteration = 0; iteration < iterations && broken < MAX_SHOWN; iteration += 1) {
  const random = seeded(seedOf(seed, iteration));
  const text = mutate(corpus[random(corpus.length)]!, corpus[random(corpus.length)]!, random);
  const beganMs = performance.now();
  let outcome: string;
  try {
    outcome = checkMessage(text);
  } catch (thrown) {
    outcome = 'broken';
    broken += 1;
    console.log(`seed ${seed}, iteration ${iteration}: ${errorText(thrown)}\n  ${JSON.stringify(text)}`);
  }
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  let tookMs = performance.now() - beganMs;
  if (tookMs > SLOW_MS) tookMs = againMs(text);
  slowestMs = Math.max(slowestMs, tookMs);
  if (tookMs > SLOW_MS) console.log(`seed ${seed}, iteration ${iteration}: took ${Math.round(tookMs)} ms`);
}

const seconds = (performance.now() - startMs) / 1000;
const counts = [...outcomes].sort(([, a], [, b]) => b - a).map(([outcome, count]) => `${outcome} ${count}`);
console.log(`${corpus.length} messages to start from, seed ${seed}, ${seconds.toFixed(1)} s, slowest ${slowestMs.toFixed(1)} ms: ${counts.join(', ')}`);
if (broken > 0) process.exitCode = 1;
