/** How a log line looks and what may stand on it. */
import type { LogFields } from '../base/logger.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** What is written on one line. `fields` are redacted already. */
export interface LogEvent {
  readonly timeMs: number;
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
}

/** Turns an event into a line, its line end included. */
export type LineFormat = (event: LogEvent) => string;

const REDACTED = '[redacted]';

/** Parts of field names whose value is never written; dots divide the name of a nested value. */
const SECRET_NAME = /authori[sz]ation|password|passwd|secret|token|ha1|cookie|credential|private_?key|app_?key|api_?key/i;

/** Names of fields that hold what people write to each other. */
const PRIVATE_NAME = /(^|[._])(text|body|dm_?text|message_?text)$/i;

/** `scheme://user:password@`: the password of a URL wherever it stands in a text. */
const URL_PASSWORD = /([a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:)[^\s/]+@/gi;

/** Fields without secrets: the second fence, for the day on which somebody logs one by mistake. */
export function redactFields(fields: LogFields): LogFields {
  const clean: Record<string, string | number | boolean> = {};
  for (const name in fields) {
    const value = fields[name];
    if (value === undefined) continue;
    if (SECRET_NAME.test(name) || PRIVATE_NAME.test(name)) clean[name] = REDACTED;
    else clean[name] = typeof value === 'string' ? redactText(value) : value;
  }
  return clean;
}

/** A text without the passwords of the URLs in it. */
export function redactText(text: string): string {
  return text.includes('://') ? text.replace(URL_PASSWORD, `$1${REDACTED}@`) : text;
}

/**
 * Control characters, line ends and the marks that turn the direction of writing: what a SIP
 * message from outside could use to forge a line or to drive a terminal.
 */
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** ` name=value` for each field but `module`; a value with blanks or quotes is quoted. */
function fieldsText(fields: LogFields, paint: (name: string) => string): string {
  let text = '';
  for (const name in fields) {
    if (name === 'module') continue;
    const value = printable(String(fields[name]));
    text += ` ${paint(`${printable(name)}=`)}${/[\s"=]|^$/.test(value) ? `"${value.replaceAll('"', '\\"')}"` : value}`;
  }
  return text;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const KAMAILIO_LEVELS = { debug: 'DEBUG', info: 'INFO', warn: 'WARNING', error: 'ERROR' } as const;

function clockText(date: Date): string {
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}

/**
 * `Mon DD HH:MM:SS host sipweet[pid]: LEVEL: module: message`, local time, as Kamailio writes to
 * syslog; a line without the field `module` is of `<core>`.
 */
export function kamailioLine(process: { readonly host: string; readonly pid: number }): LineFormat {
  return ({ timeMs, level, message, fields }) => {
    const date = new Date(timeMs);
    const day = `${MONTHS[date.getMonth()]} ${String(date.getDate()).padStart(2)}`;
    const head = `${day} ${clockText(date)} ${process.host} sipweet[${process.pid}]`;
    const module = printable(String(fields.module ?? '<core>'));
    return `${head}: ${KAMAILIO_LEVELS[level]}: ${module}: ${printable(message)}${fieldsText(fields, String)}\n`;
  };
}

const COLOURS = { debug: 90, info: 32, warn: 33, error: 31 } as const;

/** `HH:MM:SS.mmm LEVEL module: message name=value`, local time, for people. */
export function prettyLine({ colour }: { readonly colour: boolean }): LineFormat {
  const paint = (code: number, text: string) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  const dim = (text: string) => paint(90, text);
  return ({ timeMs, level, message, fields }) => {
    const date = new Date(timeMs);
    const time = dim(`${clockText(date)}.${String(date.getMilliseconds()).padStart(3, '0')}`);
    const module = fields.module === undefined ? '' : `${printable(String(fields.module))}: `;
    const label = paint(COLOURS[level], level.toUpperCase().padEnd(5));
    return `${time} ${label} ${module}${printable(message)}${fieldsText(fields, dim)}\n`;
  };
}
