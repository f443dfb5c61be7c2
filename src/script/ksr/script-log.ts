import { fromWireText } from '../modules/wire-text.ts';
import type { RouteContext } from '../route-context.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Kamailio's levels by the names that scripts give them; anything else is an error there. */
const LEVELS: ReadonlyMap<string, LogLevel> = new Map([
  ['dbg', 'debug'],
  ['info', 'info'],
  ['notice', 'info'],
  ['warn', 'warn'],
]);

export function logLevel(name: string): LogLevel {
  return LEVELS.get(name) ?? 'error';
}

/** Longest line that a script writes, in octets; the rest is cut off. */
const MAX_LINE_BYTES = 8192;

/** Control characters, line ends of Unicode, and marks that turn the direction of writing. */
const CONTROLS = /[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;
const ALL_CONTROLS = new RegExp(CONTROLS, 'g');

/** Writes one line of a script. What a message brought along cannot begin a second one, nor steer a terminal. */
export function logText(route: RouteContext, level: LogLevel, text: string): void {
  const { logger } = route.services;
  if (level === 'debug' && !logger.debugEnabled) return;
  logger[level](lineOf(text), { callId: route.callId });
}

function lineOf(text: string): string {
  let end = Math.min(text.length, MAX_LINE_BYTES);
  while (end > 0 && (text.charCodeAt(end - 1) === 0x0a || text.charCodeAt(end - 1) === 0x0d)) end -= 1;
  const line = fromWireText(text.slice(0, end));
  if (!CONTROLS.test(line)) return line;
  return line.replace(ALL_CONTROLS, escaped);
}

function escaped(control: string): string {
  const code = control.charCodeAt(0);
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`;
}
