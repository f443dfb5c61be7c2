import { choice } from './option.ts';
import { section } from './section.ts';

export const LOG = section('The log, one line an event, on standard output.', {
  level: choice(['debug', 'info', 'warn', 'error', 'silent'], {
    default: 'info',
    env: 'LOG_LEVEL',
    doc: 'The least important lines that are written. "debug" tells also why messages were dropped or refused, and costs much.',
    kamailio: 'debug',
  }),
  format: choice(['auto', 'json', 'pretty', 'kamailio'], {
    default: 'auto',
    doc: '"json" is for log collectors, "pretty" for people, "kamailio" for tools that read its syslog lines; "auto" is pretty on a terminal and json elsewhere.',
    kamailio: 'log_engine_type',
  }),
});
