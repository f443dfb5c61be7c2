/** Patterns are literals of the script: few, and compiled once. */
const compiled = new Map<string, RegExp | undefined>();
const MAX_COMPILED = 256;

/** True when `text` matches a regular expression of the script, without regard to case; false for a broken one. */
export function matchesPattern(pattern: string, text: string): boolean {
  if (!compiled.has(pattern)) {
    if (compiled.size >= MAX_COMPILED) compiled.clear();
    compiled.set(pattern, compile(pattern));
  }
  return compiled.get(pattern)?.test(text) === true;
}

function compile(pattern: string): RegExp | undefined {
  try {
    return new RegExp(pattern, 'i');
  } catch {
    return undefined;
  }
}
