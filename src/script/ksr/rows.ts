import type { RouteContext } from '../route-context.ts';
import type { Row } from '../row.ts';
import { maxfwdRows } from './maxfwd.ts';

/** Every function that scripts find under `KSR`, a module after the other. */
export const ksrRows: readonly Row<RouteContext>[] = [
  ...maxfwdRows,
];
