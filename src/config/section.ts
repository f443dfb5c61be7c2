import type { Fields, ValuesOf } from './option.ts';

/** Something wrong between options that are each right by themselves. */
export interface Finding<F extends Fields> {
  readonly option: keyof F & string;
  readonly text: string;
}

/** One section of the configuration: a map in `sipweet.yaml`, a heading in `docs/config.md`. */
export interface Section<F extends Fields> {
  readonly doc: string;
  readonly options: F;
  /** Looks at the options together; called only when each of them is valid. */
  check(values: ValuesOf<F>): readonly Finding<F>[];
}

export function section<F extends Fields>(
  doc: string,
  options: F,
  check: (values: ValuesOf<F>) => readonly Finding<F>[] = () => [],
): Section<F> {
  return { doc, options, check };
}

/** The name in the environment that is made from a path: `sip.t1Ms` is `SIPWEET_SIP_T1_MS`. */
export function environmentName(sectionName: string, optionName: string): string {
  const words = optionName.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replace(/([A-Z])([A-Z][a-z])/g, '$1_$2');
  return `SIPWEET_${sectionName}_${words}`.toUpperCase();
}
