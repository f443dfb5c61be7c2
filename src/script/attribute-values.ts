/** What an attribute holds: text, a number, or another set of named values (extended attributes only). */
export type AttributeValue = string | number | AttributeTree;

/** Named stacks of values: the newest first. */
export class AttributeTree {
  readonly #stacks = new Map<string, AttributeValue[]>();

  /** The value number `index` from the newest on, negative from the oldest; undefined when there is none. */
  get(name: string, index = 0): AttributeValue | undefined {
    return this.#stacks.get(name)?.at(index);
  }

  all(name: string): readonly AttributeValue[] {
    return this.#stacks.get(name) ?? [];
  }

  names(): string[] {
    return [...this.#stacks.keys()];
  }

  /** Puts a value on top; older ones stay below it. False when the stack is full. */
  push(name: string, value: AttributeValue): boolean {
    const stack = this.#stacks.get(name);
    if (stack === undefined) {
      if (this.#stacks.size >= MAX_NAMES) return false;
      this.#stacks.set(name, [value]);
      return true;
    }
    if (stack.length >= MAX_VALUES) return false;
    stack.unshift(value);
    return true;
  }

  /** Replaces the value number `index`, or all of them with `'*'`; adds one where there is none. */
  set(name: string, value: AttributeValue, index: number | '*' = 0): boolean {
    const stack = this.#stacks.get(name);
    if (index === '*' || stack === undefined) {
      this.#stacks.delete(name);
      return this.push(name, value);
    }
    const at = index < 0 ? stack.length + index : index;
    if (at < 0 || at >= stack.length) return false;
    stack[at] = value;
    return true;
  }

  /** Takes the value number `index` away, or all with `'*'`; false when there was none. */
  remove(name: string, index: number | '*' = 0): boolean {
    const stack = this.#stacks.get(name);
    if (stack === undefined) return false;
    if (index !== '*') {
      const at = index < 0 ? stack.length + index : index;
      if (at < 0 || at >= stack.length) return false;
      stack.splice(at, 1);
    }
    if (index === '*' || stack.length === 0) this.#stacks.delete(name);
    return true;
  }

  clear(): void {
    this.#stacks.clear();
  }
}

/** Bounds of one message's attributes; past them a set fails. */
const MAX_NAMES = 1024;
const MAX_VALUES = 1024;

/** Attribute-value pairs of a message and, once it has one, of its transaction: `$avp` and `$xavp`. */
export class AttributeValues {
  #avps: AttributeTree | undefined;
  #xavps: AttributeTree | undefined;

  // Most messages have none: the trees are made at the first use.

  get avps(): AttributeTree {
    return (this.#avps ??= new AttributeTree());
  }

  get xavps(): AttributeTree {
    return (this.#xavps ??= new AttributeTree());
  }
}
