/** What a script variable holds. */
export type VariableValue = string | number;

/** Names that one node keeps, over all three kinds; a script that makes up names without end is stopped here. */
const MAX_VARIABLES = 10_000;

/**
 * The variables that outlive a message: `$var` (0 until it is set), `$vn` (null until it is set) and
 * `$shv` (0 until it is set). A node has one of each name; routes that wait must not rely on them.
 */
export class ScriptVariables {
  readonly #var = new Map<string, VariableValue>();
  readonly #vn = new Map<string, VariableValue>();
  readonly #shv = new Map<string, VariableValue>();

  get(name: string): VariableValue {
    return this.#var.get(name) ?? 0;
  }

  getNullable(name: string): VariableValue | null {
    return this.#vn.get(name) ?? null;
  }

  getShared(name: string): VariableValue {
    return this.#shv.get(name) ?? 0;
  }

  /** `null` makes it 0 again. False when there are too many names. */
  set(name: string, value: VariableValue | null): boolean {
    return this.#put(this.#var, name, value);
  }

  setNullable(name: string, value: VariableValue | null): boolean {
    return this.#put(this.#vn, name, value);
  }

  setShared(name: string, value: VariableValue | null): boolean {
    return this.#put(this.#shv, name, value);
  }

  #put(kind: Map<string, VariableValue>, name: string, value: VariableValue | null): boolean {
    if (value === null) {
      kind.delete(name);
      return true;
    }
    const size = this.#var.size + this.#vn.size + this.#shv.size;
    if (size >= MAX_VARIABLES && !kind.has(name)) return false;
    kind.set(name, value);
    return true;
  }
}
