import { named, plain, type PseudoVariable, type PvCatalogue } from '../pseudo-variable.ts';

/** Seconds since the epoch. */
const seconds = (ms: number): number => Math.floor(ms / 1000);

/** Variables of the script itself, of its run and of the time. */
export const variableCatalogue: PvCatalogue = {
  var: named(
    (route, name) => route.services.modules.variables.get(name),
    (route, name, value) => route.services.modules.variables.set(name, value),
  ),
  vn: named(
    (route, name) => route.services.modules.variables.getNullable(name),
    (route, name, value) => route.services.modules.variables.setNullable(name, value),
  ),
  shv: named(
    (route, name) => route.services.modules.variables.getShared(name),
    (route, name, value) => route.services.modules.variables.setShared(name, value),
  ),
  def: named((route, name) => route.services.modules.definitions.get(name) ?? ''),
  // The environment holds passwords and keys, and a script's texts end up in logs and messages.
  env: named(() => null),
  null: plain(() => null),
  // KSR calls do not set it, in Kamailio neither: scripts use what a function returns.
  rc: plain(() => 0),
  retcode: plain(() => 0),
  mf: plain((route) => route.flags >>> 0),
  bf: plain((route) => route.branchFlags >>> 0),
  sf: plain((route) => route.scriptFlags >>> 0),
  mF: plain((route) => hexadecimal(route.flags)),
  bF: plain((route) => hexadecimal(route.branchFlags)),
  sF: plain((route) => hexadecimal(route.scriptFlags)),
  ruid: plain((route) => (route.ruid === '' ? null : route.ruid)),
  TS: plain((route) => seconds(route.services.clock.now())),
  Ts: plain((route) => seconds(route.services.clock.now())),
  Tf: plain((route) => new Date(route.services.clock.now()).toUTCString()),
  TF: plain((route) => new Date(route.services.clock.now()).toUTCString()),
  TV: ({ inner }) => timeValue(inner?.text),
};

function hexadecimal(flags: number): string {
  return (flags >>> 0).toString(16).padStart(8, '0').toUpperCase();
}

/** `$TV(s)` seconds, `$TV(u)` microseconds of the second, `$TV(sn)` both, as text with a point. */
function timeValue(which: string | undefined): PseudoVariable | undefined {
  if (which !== 's' && which !== 'u' && which !== 'sn') return undefined;
  return {
    get(route) {
      const ms = route.services.clock.now();
      const micros = Math.round((ms % 1000) * 1000);
      if (which === 's') return seconds(ms);
      return which === 'u' ? micros : `${seconds(ms)}.${String(micros).padStart(6, '0')}`;
    },
    set: () => true,
  };
}
