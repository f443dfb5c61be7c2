/** The end of a worker: a call from which it never comes back, before it did anything or behind its effect. */
export interface Death {
  readonly at: string;
  readonly when: 'before' | 'after';
}

export function deathsAt(calls: readonly string[]): readonly Death[] {
  return calls.flatMap((at) => [{ at, when: 'before' } as const, { at, when: 'after' } as const]);
}

/** The same object, but the call named by `death` is its last. `reach` is called when it comes to that. */
export function dying<T extends object>(target: T, { at, when }: Death, reach: () => void): T {
  return new Proxy(target, {
    get(own, name) {
      const value = Reflect.get(own, name) as unknown;
      if (typeof value !== 'function') return value;
      if (name !== at) return value.bind(own) as unknown;
      return async (...args: unknown[]) => {
        // Its effect may be a refusal: the far side was asked, and nobody heard the answer.
        if (when === 'after') await (value.apply(own, args) as Promise<unknown>).catch(() => undefined);
        reach();
        return new Promise<never>(() => undefined);
      };
    },
  });
}
