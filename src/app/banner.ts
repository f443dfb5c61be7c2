/** What `sipweet start` says when everything runs: where it is, how to change it, what to try. At most 20 lines. */
import type { LoadedConfig } from '../config/load.ts';
import { redactUrl } from '../config/redact.ts';
import { PACKAGED_SCRIPT } from '../config/script.ts';
import { socketName } from '../sip/transport/listen-error.ts';
import type { ServiceView } from './supervisor.ts';
import { VERSION } from './version.ts';

interface BannerParts {
  readonly loaded: LoadedConfig;
  readonly view: ServiceView;
  /** How a person on this machine calls the program. */
  readonly program: string;
  /** An address of this machine that phones in its network can reach; the loopback address when it has none. */
  readonly address: string;
}

/** How many sockets are named; a configuration may have more. */
const MAX_SOCKETS = 4;

export function banner({ loaded, view, program, address }: BannerParts): readonly string[] {
  const { config } = loaded;
  const names = view.sockets.map(({ protocol, address: host, port }) => socketName(protocol, host, port));
  const shown = names.length <= MAX_SOCKETS ? names.join(' ') : `${names.slice(0, MAX_SOCKETS).join(' ')} and ${names.length - MAX_SOCKETS} more`;
  const { embedded, url } = view.database;
  const place = phoneServer(view, config.sip.domains, address);
  return [
    `sipweet ${VERSION} is running${loaded.file === undefined ? '' : `, configured by ${loaded.file}`}`,
    row('SIP', shown, 'sip.listen'),
    row('script', config.script.path ?? PACKAGED_SCRIPT, 'script.path, reload: kill -HUP ' + process.pid),
    embedded === undefined
      ? row('database', redactUrl(url))
      : row('database', `embedded PostgreSQL in ${embedded.folder}, port ${embedded.port}`, 'DATABASE_URL'),
    config.queue.redisUrl === undefined
      ? row('queue', 'in the database', 'REDIS_URL')
      : row('queue', redactUrl(config.queue.redisUrl)),
    ...xRows(view),
    ...(view.consoleUrl === undefined ? [] : [row('console', view.consoleUrl, 'console.port, console.publicUrl')]),
    '',
    'Try it (another terminal, this folder):',
    `  ${program} user add alice --x alice_example --password secret1`,
    `  ${program} user add bob --x bob_example --password secret2`,
    `  two phones: server ${place}, user alice or bob; call bob, and hang up while he rings`,
    `  ${program} user link bob   (a code with which bob commands from X)`,
    ...(view.x.controlUrl === undefined ? [] : [`  ${program} x inbox bob_example`]),
    `  ${program} demo   (plays all of that by itself)`,
    'Ctrl-C stops.',
  ];
}

function xRows({ x }: ServiceView): readonly string[] {
  if (x.apiBase === undefined) return [row('X', 'the real one, messages are sent')];
  const rows = [row('X', `sandbox, no message leaves this machine: ${x.apiBase}`, 'X_APP_KEY, X_APP_SECRET,')];
  if (x.controlUrl === undefined) return [row('X', `an emulator: ${x.apiBase}`, 'x.apiBase')];
  return [...rows, row('', `its inboxes: ${x.controlUrl}`, 'X_ACCESS_TOKEN, X_ACCESS_SECRET')];
}

function row(label: string, value: string, change?: string): string {
  return `  ${label.padEnd(10)}${value}${change === undefined ? '' : `   [change: ${change}]`}`;
}

/** What goes into the field "server" of a phone: the domain of the service when it has one. */
function phoneServer(view: ServiceView, domains: readonly { host: string; port: number | undefined }[], address: string): string {
  const domain = domains[0];
  if (domain !== undefined) return domain.port === undefined ? domain.host : `${domain.host}:${domain.port}`;
  const socket = view.sockets[0];
  if (socket === undefined) return address;
  const host = socket.address === '0.0.0.0' || socket.address === '::' ? address : socket.address;
  return `${host.includes(':') ? `[${host}]` : host}:${socket.port}`;
}
