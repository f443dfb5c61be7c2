import { setTimeout as pause } from 'node:timers/promises';

/** Asks again and again until the answer is true; for real servers, which tell nobody when they are through. */
export async function until(question: string, ask: () => boolean | Promise<boolean>, limitMs = 20_000): Promise<void> {
  const endMs = performance.now() + limitMs;
  while (!(await ask())) {
    if (performance.now() > endMs) throw new Error(`Not within ${limitMs} ms: ${question}`);
    await pause(10);
  }
}
