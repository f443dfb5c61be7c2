import { randomHex } from '../../base/ids.ts';
import type { CallPlan } from '../ports.ts';
import type { CallDefaults } from './modules.ts';
import { fromWireText } from './wire-text.ts';

/** What a script says of a call in a JSON object; all members may be missing. */
export interface CallOptions extends CallDefaults {
  readonly id: string;
  readonly fromName: string;
  readonly toName: string;
  /** Global function of the script that is given each step; '' for none. */
  readonly onEvent: string;
}

const FLOWS: readonly string[] = ['auto', 'iv', 'i', 'refer'] satisfies readonly CallPlan['flow'][];
const MAX_RING_MS = 180_000;
const MAX_DURATION_MS = 24 * 3600_000;

/**
 * Reads the options of `KSR.sipweet.call`. A member that is null counts as missing.
 *
 * @param json wire text; '' is {}
 * @returns what is wrong, as a sentence, or the options
 */
export function readCallOptions(json: string, defaults: CallDefaults): CallOptions | string {
  const given = parseObject(json);
  if (given === undefined) return 'the options are no JSON object';
  const { id = randomHex(16), fromName = '', toName = '', flow = defaults.flow, ringMs = defaults.ringMs, maxDurationMs = defaults.maxDurationMs, onEvent = '', ...others } = given;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) return `there is no option ${unknown}`;
  if (typeof id !== 'string' || typeof fromName !== 'string' || typeof toName !== 'string' || typeof onEvent !== 'string') return 'id, fromName, toName and onEvent are texts';
  if (typeof flow !== 'string' || !isFlow(flow)) return `flow is one of ${FLOWS.join(', ')}`;
  if (!isMilliseconds(ringMs, MAX_RING_MS)) return `ringMs is a number of milliseconds up to ${MAX_RING_MS}`;
  if (!isMilliseconds(maxDurationMs, MAX_DURATION_MS)) return `maxDurationMs is a number of milliseconds up to ${MAX_DURATION_MS}`;
  return { id, fromName, toName, flow, ringMs, maxDurationMs, onEvent };
}

function parseObject(json: string): Record<string, unknown> | undefined {
  if (json === '') return {};
  try {
    const parsed: unknown = JSON.parse(fromWireText(json));
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
    return Object.fromEntries(Object.entries(parsed).filter(([, value]) => value !== null));
  } catch {
    return undefined;
  }
}

function isFlow(text: string): text is CallPlan['flow'] {
  return FLOWS.includes(text);
}

function isMilliseconds(value: unknown, max: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= max;
}
