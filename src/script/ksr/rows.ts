import type { RouteContext } from '../route-context.ts';
import type { Row } from '../row.ts';
import { authRows } from './auth.ts';
import { authDbRows } from './auth_db.ts';
import { coreRows } from './core.ts';
import { corexRows } from './corex.ts';
import { dialogRows } from './dialog.ts';
import { hdrRows } from './hdr.ts';
import { htableRows } from './htable.ts';
import { kxRows } from './kx.ts';
import { maxfwdRows } from './maxfwd.ts';
import { mqueueRows } from './mqueue.ts';
import { msiloRows } from './msilo.ts';
import { permissionsRows } from './permissions.ts';
import { pikeRows } from './pike.ts';
import { pvRows } from './pv.ts';
import { pvxRows } from './pvx.ts';
import { registrarRows } from './registrar.ts';
import { rrRows } from './rr.ts';
import { sanityRows } from './sanity.ts';
import { siputilsRows } from './siputils.ts';
import { sipweetRows } from './sipweet.ts';
import { slRows } from './sl.ts';
import { sqlopsRows } from './sqlops.ts';
import { textopsRows } from './textops.ts';
import { tmRows } from './tm.ts';
import { tmxRows } from './tmx.ts';
import { uacRows } from './uac.ts';
import { xlogRows } from './xlog.ts';

/** Every function that scripts find under `KSR`, a module after the other. */
export const ksrRows: readonly Row<RouteContext>[] = [
  ...coreRows,
  ...authDbRows,
  ...authRows,
  ...corexRows,
  ...dialogRows,
  ...hdrRows,
  ...htableRows,
  ...kxRows,
  ...maxfwdRows,
  ...mqueueRows,
  ...msiloRows,
  ...permissionsRows,
  ...pikeRows,
  ...pvRows,
  ...pvxRows,
  ...registrarRows,
  ...rrRows,
  ...sanityRows,
  ...siputilsRows,
  ...sipweetRows,
  ...slRows,
  ...sqlopsRows,
  ...textopsRows,
  ...tmRows,
  ...tmxRows,
  ...uacRows,
  ...xlogRows,
];
