import { addressBlock } from './notations.ts';
import { flag, integer, line, list, optionalLine, type ValuesOf } from './option.ts';
import { section, type Finding } from './section.ts';

const OPTIONS = {
  enabled: flag({
    default: true,
    doc: 'Whether `sipweet start` runs it too.',
  }),
  host: line({
    default: '127.0.0.1',
    expected: 'an address of this machine',
    accepts: (text) => /^[0-9A-Fa-f.:]{2,45}$/.test(text),
    doc: 'Address to listen on. Put a web server with TLS in front of it before anybody else reaches it.',
  }),
  port: integer({
    default: 4012,
    min: 0,
    max: 65_535,
    doc: 'Port to listen on; 0 is any free one.',
  }),
  publicUrl: optionalLine({
    expected: 'a URL of scheme and host only, like https://link.example.com',
    accepts: isOrigin,
    doc: 'Where people reach the pages. The app on X has to have this address followed by /callback among its callback URLs.',
    defaultText: 'http:// with console.host and console.port',
  }),
  proxies: list(addressBlock, {
    default: [
      { address: '127.0.0.1', prefixLength: 32, family: 4 },
      { address: '::1', prefixLength: 128, family: 6 },
    ],
    max: 64,
    doc: 'Addresses of the web servers in front. Their header X-Forwarded-For is believed, so that limits count the person and not the web server; name nothing that others can send from.',
  }),
  tokenKey: optionalLine({
    expected: '32 bytes in base64, or several of that divided by commas',
    accepts: (text) => text.split(',').every(isTokenKey),
    secret: 'value',
    doc: 'Key with which tokens of people who signed in are encrypted; `openssl rand -base64 32` makes one. To change it write the new one before the old one: the first encrypts, the others only read.',
    defaultText: 'one that is made at the first `sipweet start`, in the folder of database.dataFolder; without `start` or embedded database nobody can sign in',
  }),
  linkCodeMinutes: integer({
    default: 30,
    min: 1,
    max: 1440,
    doc: 'Minutes that a code of `sipweet user link` is good for.',
  }),
  requestsPerMinute: integer({
    default: 120,
    min: 1,
    max: 100_000,
    doc: 'Requests for pages that one address (in IPv6 one /64) may make in a minute; past it the answer is 429. Forms and returns from X have a tenth of it, at least one.',
  }),
  webhookPath: line({
    default: '/x/webhook',
    expected: 'a path like /x/webhook',
    accepts: (text) => /^\/[A-Za-z0-9._~-]{1,64}(\/[A-Za-z0-9._~-]{1,64}){0,7}$/.test(text) && !RESERVED.includes(text),
    doc: 'Path where X delivers its webhooks, below console.publicUrl.',
  }),
} as const;

/** Paths of our own pages. */
const RESERVED: readonly string[] = ['/link', '/unlink', '/sign-in', '/callback', '/style.css', '/livez', '/readyz'];

export const CONSOLE = section('The small web server of `sipweet console`: signing in with X, and the webhooks of X.', OPTIONS, insecureUrl);

/** A page that takes passwords may be without TLS on this machine only. */
function insecureUrl({ publicUrl }: ValuesOf<typeof OPTIONS>): Finding<typeof OPTIONS>[] {
  if (publicUrl === undefined) return [];
  const { protocol, hostname } = new URL(publicUrl);
  const isNear = hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
  if (protocol === 'https:' || isNear) return [];
  return [{ option: 'publicUrl', text: 'must begin with https:// unless it is an address of this machine: passwords and codes go over it' }];
}

function isOrigin(text: string): boolean {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return false;
  const { origin, pathname, search, hash, username, password } = new URL(text);
  return pathname === '/' && `${search}${hash}${username}${password}` === '' && origin.length <= 200;
}

function isTokenKey(text: string): boolean {
  return /^[A-Za-z0-9+/]{43}=$/.test(text.trim());
}
