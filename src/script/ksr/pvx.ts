import type { Row } from '../row.ts';
import type { RouteContext } from '../route-context.ts';
import { avpRows } from './pvx/avp.ts';
import { evaluationRows } from './pvx/evaluate.ts';
import { variableRows } from './pvx/variables.ts';
import { xavpListRows } from './pvx/xavp-lists.ts';
import { xavpRows } from './pvx/xavp.ts';

/** `KSR.pvx`: variables by their bare names. */
export const pvxRows: readonly Row<RouteContext>[] = [...variableRows, ...avpRows, ...xavpRows, ...xavpListRows, ...evaluationRows];
