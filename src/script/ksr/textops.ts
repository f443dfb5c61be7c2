import type { RouteContext } from '../route-context.ts';
import type { Row } from '../row.ts';
import { bodyRows } from './textops/body.ts';
import { headerRows } from './textops/headers.ts';
import { replaceRows } from './textops/replace.ts';
import { searchRows } from './textops/search.ts';
import { stringRows } from './textops/strings.ts';

/** `KSR.textops`. */
export const textopsRows: readonly Row<RouteContext>[] = [...bodyRows, ...searchRows, ...replaceRows, ...headerRows, ...stringRows];
