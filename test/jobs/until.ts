import { setTimeout as pause } from 'node:timers/promises';

/** The pauses grow with what has passed: who waits for a minute asks ten times a second, and leaves the processor to those it waits for. */
const PAUSES_MS = { shortest: 10, longest: 100, ofWaited: 1 / 20 };

/** Asks again and again until the answer is true; for real servers, which tell nobody when they are through. */
export async function until(question: string, ask: () => boolean | Promise<boolean>, limitMs = 20_000): Promise<void> {
  const startMs = performance.now();
  while (!(await ask())) {
    const waitedMs = performance.now() - startMs;
    if (waitedMs > limitMs) throw new Error(`Not within ${limitMs} ms: ${question}`);
    await pause(Math.min(Math.max(PAUSES_MS.shortest, waitedMs * PAUSES_MS.ofWaited), PAUSES_MS.longest));
  }
}
