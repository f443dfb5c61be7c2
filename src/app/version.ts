import { readFileSync } from 'node:fs';

/** The version of this package, from its `package.json`: two folders up, in the sources and when built. */
export const VERSION: string = (
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
).version;
