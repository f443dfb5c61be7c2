import { integerOf, type PvValue } from '../pseudo-variable.ts';

/**
 * Transformations that take null as well: it is a value of SQL. Quotes are doubled, as the standard
 * and PostgreSQL have it (a backslash is an ordinary character there); NUL cannot be stored and goes.
 */
export type NullableTransformation = (value: PvValue) => PvValue;

const quoted = (value: PvValue): string => `'${String(value ?? '').replaceAll('\0', '').replaceAll("'", "''")}'`;

/** `{sql.…}`. */
export const sqlTransformations: Readonly<Record<string, NullableTransformation>> = {
  'sql.val': (value) => (value === null ? 'NULL' : typeof value === 'number' ? String(value) : quoted(value)),
  'sql.val.str': quoted,
  'sql.val.int': (value) => (value === null ? 'NULL' : String(integerOf(value))),
};
