import type { RouteContext } from '../../route-context.ts';
import { rowsOf } from '../../row.ts';

const { row } = rowsOf<RouteContext>('');

type Flags = 'flags' | 'branchFlags' | 'scriptFlags';

/** Flags are numbered from 0 to 31. */
const isFlag = (flag: number): boolean => flag >= 0 && flag <= 31;

const set = (which: Flags) => (route: RouteContext, flag: number): boolean => {
  if (!isFlag(flag)) return false;
  route[which] |= 1 << flag;
  return true;
};

const reset = (which: Flags) => (route: RouteContext, flag: number): boolean => {
  if (!isFlag(flag)) return false;
  route[which] &= ~(1 << flag);
  return true;
};

const isSet = (which: Flags) => (route: RouteContext, flag: number): boolean => isFlag(flag) && (route[which] & (1 << flag)) !== 0;

/** Who has the flags of branch number `branch`: 0 is `$ru` itself, the others are those that were appended. */
function holderOf(route: RouteContext, branch: number): { get(): number; put(flags: number): void } | undefined {
  if (branch === 0) return { get: () => route.branchFlags, put: (flags) => void (route.branchFlags = flags) };
  const target = route.appended[branch - 1];
  return target === undefined ? undefined : { get: () => target.flags, put: (flags) => void (target.flags = flags) };
}

function setOfBranch(route: RouteContext, flag: number, branch: number): boolean {
  const holder = isFlag(flag) ? holderOf(route, branch) : undefined;
  holder?.put(holder.get() | (1 << flag));
  return holder !== undefined;
}

function resetOfBranch(route: RouteContext, flag: number, branch: number): boolean {
  const holder = isFlag(flag) ? holderOf(route, branch) : undefined;
  holder?.put(holder.get() & ~(1 << flag));
  return holder !== undefined;
}

function isSetOfBranch(route: RouteContext, flag: number, branch: number): boolean {
  const holder = isFlag(flag) ? holderOf(route, branch) : undefined;
  return holder !== undefined && (holder.get() & (1 << flag)) !== 0;
}

/** Flags of the message (kept by its transaction), of the branch, and of the run of one callback. */
export const flagRows = [
  row('setflag', ['int'], 'bool', set('flags'), 'Sets a message flag, 0 to 31'),
  row('resetflag', ['int'], 'bool', reset('flags'), 'Takes a message flag away'),
  row('isflagset', ['int'], 'bool', isSet('flags'), 'True when a message flag is set'),
  row('setbflag', ['int'], 'bool', set('branchFlags'), 'Sets a flag of the branch that the Request-URI is'),
  row('resetbflag', ['int'], 'bool', reset('branchFlags'), 'Takes a flag of that branch away'),
  row('isbflagset', ['int'], 'bool', isSet('branchFlags'), 'True when a flag of that branch is set'),
  row('setbiflag', ['int', 'int'], 'bool', setOfBranch, 'Sets a flag of branch number i: 0 is the Request-URI, the others are appended ones'),
  row('resetbiflag', ['int', 'int'], 'bool', resetOfBranch, 'Takes a flag of branch number i away'),
  row('isbiflagset', ['int', 'int'], 'bool', isSetOfBranch, 'True when a flag of branch number i is set'),
  row('setsflag', ['int'], 'bool', set('scriptFlags'), 'Sets a flag of this run of the callback'),
  row('resetsflag', ['int'], 'bool', reset('scriptFlags'), 'Takes a flag of this run away'),
  row('issflagset', ['int'], 'bool', isSet('scriptFlags'), 'True when a flag of this run is set'),
];
