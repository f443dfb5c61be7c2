import type { EngineKind } from '../../src/script/vm/lua-engine.ts';

/**
 * The engine of tests that are not about one: the compiled one. With `SIPWEET_SCRIPT_ENGINE=interpreter`, which the
 * processes of the service obey too, the same tests run on the other.
 */
export const ENGINE: EngineKind = process.env['SIPWEET_SCRIPT_ENGINE'] === 'interpreter' ? 'interpreter' : 'compiled';
