/**
 * An option of the configuration, declared once: its type, default, range, and the sentence that
 * tells an operator what it does. Checks, environment names, `docs/config.md` and
 * `sipweet config explain` are all made from these objects.
 *
 * Every schema takes the value as YAML gives it or as the text that an environment variable holds,
 * so that a value means the same wherever it was written. The message of each zod check is the
 * phrase that follows "expected" in a problem's line.
 */
import { z } from 'zod';
import { parse } from 'yaml';

/** How much of a value is secret: all of it, or the credentials inside a URL. */
export type Secrecy = 'value' | 'url';

export interface Option<T> {
  readonly schema: z.ZodType<T>;
  readonly default: T;
  /** What the option is, with its unit, and when to change it. */
  readonly doc: string;
  /** What a value must look like: "a whole number from 10 to 10000". */
  readonly expected: string;
  /** A well-known environment variable beside the generated one: `DATABASE_URL`. */
  readonly env: string | undefined;
  readonly secret: Secrecy | undefined;
  readonly rfc: string | undefined;
  /** The parameter of Kamailio with the same meaning: `tm.fr_timer`. */
  readonly kamailio: string | undefined;
  /** The default in words, where it is found only when the program runs. */
  readonly defaultText: string | undefined;
  /** The entries of a table; a source adds entries to it, where other options are replaced. */
  readonly fields: Fields | undefined;
  /** The value as it is written in YAML. */
  format(value: T): unknown;
}

export type Fields = Readonly<Record<string, Option<unknown>>>;

/** What an option says about itself besides its type. */
export interface About<T> {
  readonly default: T;
  readonly doc: string;
  readonly env?: string;
  readonly secret?: Secrecy;
  readonly rfc?: string;
  readonly kamailio?: string;
  readonly defaultText?: string;
}

/** The values of a group of options, as the program sees them. */
export type ValuesOf<F extends Fields> = {
  readonly [K in keyof F]: F[K] extends Option<infer T> ? T : never;
};

interface Shape<T> {
  readonly schema: z.ZodType<T>;
  readonly expected: string;
  readonly fields?: Fields;
  readonly format?: (value: T) => unknown;
}

function build<T>(about: About<T>, shape: Shape<T>): Option<T> {
  const format = shape.format;
  return {
    schema: shape.schema,
    default: about.default,
    doc: about.doc,
    expected: shape.expected,
    env: about.env,
    secret: about.secret,
    rfc: about.rfc,
    kamailio: about.kamailio,
    defaultText: about.defaultText,
    fields: shape.fields,
    format: (value) => (format === undefined || value === undefined ? value : format(value)),
  };
}

const text = (input: unknown) => (typeof input === 'string' ? input.trim() : input);

function numberFromText(input: unknown): unknown {
  const word = text(input);
  return typeof word === 'string' && /^-?\d+$/.test(word) ? Number(word) : word;
}

const FLAG_WORDS: Readonly<Record<string, boolean>> = {
  true: true, yes: true, on: true, '1': true, false: false, no: false, off: false, '0': false,
};

function flagFromText(input: unknown): unknown {
  return typeof input === 'string' ? (FLAG_WORDS[input.trim().toLowerCase()] ?? input) : input;
}

function listFromText(input: unknown): unknown {
  if (typeof input !== 'string') return input;
  return input.split(/[,\s]+/).filter((word) => word !== '');
}

function tableFromText(input: unknown): unknown {
  if (typeof input !== 'string') return input;
  try {
    return parse(input);
  } catch {
    return input;
  }
}

/** A whole number. */
export function integer(about: About<number> & { min: number; max: number }): Option<number> {
  const expected = `a whole number from ${about.min} to ${about.max}`;
  const number = z.int(expected).min(about.min, expected).max(about.max, expected);
  return build(about, { schema: z.preprocess(numberFromText, number), expected });
}

/** Yes or no. */
export function flag(about: About<boolean>): Option<boolean> {
  const expected = 'true or false';
  return build(about, { schema: z.preprocess(flagFromText, z.boolean(expected)), expected });
}

/** One of a few words; case does not matter and the value has the spelling of the list. */
export function choice<const W extends string>(words: readonly W[], about: About<NoInfer<W>>): Option<W> {
  const expected = `one of ${words.join(', ')}`;
  const spell = (input: unknown) => {
    const word = String(text(input)).toLowerCase();
    return words.find((one) => one.toLowerCase() === word) ?? input;
  };
  return build(about, { schema: z.preprocess(spell, z.enum(words, expected)), expected });
}

/** A text of a given form. */
export function line(about: About<string> & Form): Option<string> {
  return build(about, { schema: formed(about), expected: about.expected });
}

/** A text that may stay unset. */
export function optionalLine(about: Omit<About<undefined>, 'default'> & Form): Option<string | undefined> {
  const whole: About<string | undefined> = { ...about, default: undefined };
  return build(whole, { schema: formed(about), expected: about.expected });
}

/** The form of a text: a phrase for people and the test for it. */
export interface Form {
  readonly expected: string;
  readonly accepts?: (text: string) => boolean;
}

function formed(form: Form): z.ZodType<string> {
  const accepts = form.accepts ?? (() => true);
  return z.preprocess(text, z.string(form.expected).refine(accepts, form.expected));
}

/** A text that stands for something else, such as an address: the program sees what `read` returns. */
export interface Notation<T> {
  readonly expected: string;
  /** `undefined` when the text is not of this notation. */
  readonly read: (text: string) => T | undefined;
  readonly write: (value: T) => string;
}

/** A list of texts in a notation; in an environment variable the items are separated by commas. */
export function list<T>(item: Notation<T>, about: About<readonly NoInfer<T>[]> & { max: number }): Option<readonly T[]> {
  const expected = `a list of at most ${about.max}, each ${item.expected}`;
  const one = z.preprocess(
    (input) => (typeof input === 'number' ? String(input) : input),
    z.string(item.expected).transform((word, context): T => {
      const value = item.read(word.trim());
      if (value !== undefined) return value;
      context.issues.push({ code: 'custom', message: item.expected, input: word });
      return z.NEVER;
    }),
  );
  const schema = z.preprocess(listFromText, z.array(one, expected).max(about.max, expected));
  return build(about, { schema, expected, format: (items) => items.map(item.write) });
}

/** The notation of a plain word from a list. */
export function words<const W extends string>(known: readonly W[]): Notation<W> {
  return {
    expected: `one of ${known.join(', ')}`,
    read: (word) => known.find((one) => one.toLowerCase() === word.toLowerCase()),
    write: (word) => word,
  };
}

const NAME = /^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/;
const NAME_EXPECTED = 'a name of letters, digits, "_", "-" and "."';

type Table<T> = Readonly<Record<string, T>>;

/**
 * Named entries with the same fields: the modparams of Kamailio that are given many times. Each
 * source adds its entries to those before it, an entry of the same name replaces the older one.
 */
export function table<F extends Fields>(fields: F, about: About<Table<ValuesOf<F>>>): Option<Table<ValuesOf<F>>> {
  const expected = `a map of names to { ${Object.keys(fields).join(', ')} }`;
  const shape = Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, field.schema.default(field.default as never)]),
  );
  const entry = z.strictObject(shape, expected) as unknown as z.ZodType<ValuesOf<F>>;
  return build(about, { schema: recordOf(entry, expected), expected, fields });
}

/** Named texts. */
export function textTable(about: About<Table<string>> & Form): Option<Table<string>> {
  const expected = `a map of names to ${about.expected}`;
  return build(about, { schema: recordOf(formed(about), expected), expected, fields: {} });
}

function recordOf<T>(entry: z.ZodType<T>, expected: string): z.ZodType<Table<T>> {
  const name = z.string().regex(NAME, NAME_EXPECTED);
  return z.preprocess(tableFromText, z.record(name, entry, expected));
}
