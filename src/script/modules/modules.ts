import type { ScriptVariables } from '../pseudo-variables/script-variables.ts';

/** State of the KSR modules, one field a module; created once for a node. */
export interface ScriptModules {
  /** Values of `KSR.kx.get_def`: names that the operator defined. */
  readonly definitions: ReadonlyMap<string, string>;
  /** `$var`, `$vn` and `$shv`. */
  readonly variables: ScriptVariables;
}
