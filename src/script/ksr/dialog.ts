import { randomHex } from '../../base/ids.ts';
import type { RouteContext } from '../route-context.ts';
import { rowsOf } from '../row.ts';

const { row } = rowsOf<RouteContext>('dialog');

/** From of the calls that `dlg_bridge` makes; Kamailio's default of `bridge_controller`. */
const CONTROLLER = 'sip:controller@kamailio.org';

/** Says that there is no outbound proxy. */
const NO_PROXY = '_none_';

function bridge(route: RouteContext, from: string, to: string, outboundProxy: string): number {
  const { logger, modules } = route.services;
  if (outboundProxy !== '' && outboundProxy !== NO_PROXY) {
    logger.error('dialog.dlg_bridge: an outbound proxy cannot be given, the route of this script decides where the INVITE goes', { outboundProxy, callId: route.callId });
    return -1;
  }
  const plan = { ...modules.callDefaults, id: randomHex(16), from, fromName: '', to, toName: '', shownUri: CONTROLLER, flow: 'refer' } as const;
  // An empty callee would be an announcement.
  return to !== '' && modules.calls.start(plan, () => {}) ? 1 : -1;
}

export const dialogRows = [
  row('dlg_bridge', ['str', 'str', 'str'], 'int', bridge, 'Calls the first URI with media on hold, from sip:controller@kamailio.org, and asks the phone that answers to call the second (REFER); a phone that cannot is connected by re-INVITE. The third is "" or "_none_". 1 when it was begun; nothing is told of how it ends'),
];
