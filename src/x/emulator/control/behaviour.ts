import { recordOf, textOf, type JsonRecord } from '../../json.ts';
import { FAULT_KINDS, type Fault, type FaultKind } from '../faults.ts';
import { DOCUMENTED_LIMITS, type RouteLimits, type RouteName } from '../rate-limits.ts';
import { ok, refuse, type ControlRoute } from './route.ts';

const METHODS = ['GET', 'POST', 'PUT', 'DELETE'];
const WINDOWS = ['user15Min', 'app15Min', 'user24Hour', 'app24Hour'];
const MAX_SPEED = 100_000;

const isWhole = (value: unknown, min: number, max: number) => Number.isInteger(value) && (value as number) >= min && (value as number) <= max;

/** Reads a fault from JSON; a sentence when something in it is wrong. */
function readFault(body: JsonRecord): Fault | string {
  const { kind, times = 1, method, path, status, detail, delayMs } = body;
  if (!FAULT_KINDS.includes(kind as FaultKind)) return `kind is one of ${FAULT_KINDS.join(', ')}`;
  if (!isWhole(times, 1, 1_000_000)) return 'times is a number from 1 to 1000000';
  if (method !== undefined && !METHODS.includes(method as string)) return `method is one of ${METHODS.join(', ')}`;
  if (path !== undefined && textOf(path) === undefined) return 'path is the beginning of a path';
  if (status !== undefined && !isWhole(status, 500, 599)) return 'status is a number from 500 to 599';
  if (detail !== undefined && textOf(detail) === undefined) return 'detail is a text';
  if (delayMs !== undefined && !isWhole(delayMs, 1, 600_000)) return 'delayMs is a number from 1 to 600000';
  return body as unknown as Fault;
}

/** Reads `{ 'dm-send': { user15Min: 1 } }`; a sentence when something in it is wrong. */
function readLimits(value: unknown): [RouteName, RouteLimits][] | string {
  const entries = Object.entries(recordOf(value) ?? {});
  for (const [route, limits] of entries) {
    if (!(route in DOCUMENTED_LIMITS)) return `routes are ${Object.keys(DOCUMENTED_LIMITS).join(', ')}`;
    const windows = Object.entries(recordOf(limits) ?? { none: 0 });
    if (!windows.every(([name, calls]) => WINDOWS.includes(name) && isWhole(calls, 0, 1_000_000))) return `limits are numbers for ${WINDOWS.join(', ')}`;
  }
  return entries as [RouteName, RouteLimits][];
}

/** How the sandbox behaves: faults, limits, money, names; and what it was asked. */
export const BEHAVIOUR_ROUTES: readonly ControlRoute[] = [
  { method: 'GET', path: '/faults', answer: ({ faults }) => ok(faults.list()) },
  {
    method: 'POST',
    path: '/faults',
    answer({ faults }, body) {
      const fault = readFault(body);
      if (typeof fault === 'string') return refuse(400, fault);
      return faults.add(fault) ? ok(faults.list()) : refuse(409, 'Too many faults wait already');
    },
  },
  {
    method: 'DELETE',
    path: '/faults',
    answer({ faults }) {
      faults.clear();
      return ok([]);
    },
  },
  {
    method: 'POST',
    path: '/limits',
    answer({ limits }, { enabled, speed, routes }) {
      if (enabled !== undefined && typeof enabled !== 'boolean') return refuse(400, 'enabled is true or false');
      if (speed !== undefined && !(typeof speed === 'number' && speed > 0 && speed <= MAX_SPEED)) return refuse(400, `speed is a number up to ${MAX_SPEED}`);
      const changes = readLimits(routes);
      if (typeof changes === 'string') return refuse(400, changes);
      if (enabled !== undefined) limits.enabled = enabled;
      if (speed !== undefined) limits.speed = speed;
      for (const [route, changed] of changes) limits.change(route, changed);
      return ok({ enabled: limits.enabled, speed: limits.speed });
    },
  },
  { method: 'GET', path: '/spend', answer: ({ spend }) => ok(spend.report()) },
  {
    method: 'POST',
    path: '/spend',
    answer({ spend }, { creditsMicroUsd }) {
      if (creditsMicroUsd !== null && !isWhole(creditsMicroUsd, 0, Number.MAX_SAFE_INTEGER)) return refuse(400, 'creditsMicroUsd is null or a whole number');
      spend.setCredits(creditsMicroUsd as number | null);
      return ok(spend.report());
    },
  },
  {
    method: 'POST',
    path: '/naming',
    answer(sandbox, { naming }) {
      if (naming !== 'tweet' && naming !== 'post') return refuse(400, 'naming is tweet or post');
      sandbox.naming = naming;
      return ok({ naming });
    },
  },
  { method: 'GET', path: '/requests', answer: ({ requests }) => ok(requests.list()) },
  { method: 'GET', path: '/about', answer: ({ bot, naming, limits }) => ok({ bot: bot.username, botId: bot.id, naming, limits: limits.enabled, speed: limits.speed }) },
];
