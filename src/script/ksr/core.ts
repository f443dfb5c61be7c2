import type { RouteContext } from '../route-context.ts';
import { rowsOf, type Row } from '../row.ts';
import { destinationRows } from './core/destination.ts';
import { flagRows } from './core/flags.ts';
import { methodRows } from './core/methods.ts';
import { networkRows } from './core/network.ts';
import { logLevel, logText, type LogLevel } from './script-log.ts';

const { row } = rowsOf<RouteContext>('');

const log = (level: LogLevel) => (route: RouteContext, text: string): void => logText(route, level, text);

/** Kamailio's numbers of the levels: 3 debug, 2 information. */
const debugLevel = ({ services }: RouteContext): number => (services.logger.debugEnabled ? 3 : 2);

/** The functions directly under `KSR`. */
export const coreRows: readonly Row<RouteContext>[] = [
  ...methodRows,
  ...networkRows,
  ...flagRows,
  ...destinationRows,
  row('dbg', ['str'], 'none', log('debug'), 'Logs a text as it is for debugging'),
  row('info', ['str'], 'none', log('info'), 'Logs a text as it is for information'),
  row('notice', ['str'], 'none', log('info'), 'Logs a text as it is as a notice, which is shown as information'),
  row('warn', ['str'], 'none', log('warn'), 'Logs a text as it is as a warning'),
  row('err', ['str'], 'none', log('error'), 'Logs a text as it is as an error'),
  row('crit', ['str'], 'none', log('error'), 'Logs a text as it is as critical, which is shown as an error'),
  row('log', ['str', 'str'], 'none', (route, level, text) => logText(route, logLevel(level), text), 'Logs a text as it is at the level dbg, info, notice or warn; any other is an error'),
  row('get_debug', [], 'int', debugLevel, '3 when lines for debugging are written, else 2'),
  row('set_drop', [], 'none', (route) => route.setDrop(), 'Marks the message as dropped and goes on with the script'),
  row('force_rport', [], 'bool', (route) => {
    route.forceRport = true;
    return true;
  }, 'Answers to the source port of the request, as if its Via had rport (RFC 3581)'),
  row('route', ['str'], 'int', () => -1, 'Always -1: there are no routes of a native configuration'),
  // A reply takes the connection of its request and never opens one, so there is nothing to forbid.
  row('set_reply_no_connect', [], 'bool', () => true, 'Accepted: replies go back on the connection of their request'),
  row('set_forward_no_connect', [], 'bool', () => true, 'Accepted, and changes nothing'),
  row('set_reply_close', [], 'bool', () => true, 'Accepted: a connection is closed when it has been idle, not after one reply'),
  row('set_forward_close', [], 'bool', () => true, 'Accepted: a connection is closed when it has been idle, not after one request'),
  row('add_local_rport', [], 'bool', () => true, 'Accepted: replies come back to the socket that the request left from'),
];
