import { expand, pseudoVariableText } from '../pseudo-variables/compile.ts';
import type { RouteContext } from '../route-context.ts';
import { rowsOf } from '../row.ts';
import { logLevel, logText, type LogLevel } from './script-log.ts';

const { row } = rowsOf<RouteContext>('xlog');

/** 1 written, -1 when the text has a `$` that begins no pseudo-variable. */
function write(route: RouteContext, level: LogLevel, text: string): number {
  if (level === 'debug' && !route.services.logger.debugEnabled) return 1;
  const pieces = pseudoVariableText(text);
  if (pieces === undefined) {
    logText(route, 'error', `xlog: not a text with pseudo-variables: ${text}`);
    return -1;
  }
  logText(route, level, expand(pieces, route));
  return 1;
}

const at = (level: LogLevel) => (route: RouteContext, text: string): number => write(route, level, text);

export const xlogRows = [
  row('xdbg', ['str'], 'int', at('debug'), 'Logs a text with pseudo-variables for debugging'),
  row('xinfo', ['str'], 'int', at('info'), 'Logs a text with pseudo-variables for information'),
  row('xnotice', ['str'], 'int', at('info'), 'Logs a text with pseudo-variables as a notice, which is shown as information'),
  row('xwarn', ['str'], 'int', at('warn'), 'Logs a text with pseudo-variables as a warning'),
  row('xerr', ['str'], 'int', at('error'), 'Logs a text with pseudo-variables as an error'),
  row('xcrit', ['str'], 'int', at('error'), 'Logs a text with pseudo-variables as critical, which is shown as an error'),
  row('xalert', ['str'], 'int', at('error'), 'Logs a text with pseudo-variables as an alert, which is shown as an error'),
  row('xlog', ['str', 'str'], 'int', (route, level, text) => write(route, logLevel(level), text), 'Logs a text with pseudo-variables at the level dbg, info, notice or warn; any other is an error'),
];
