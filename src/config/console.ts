import { integer, line } from './option.ts';
import { section } from './section.ts';

export const CONSOLE = section('The small web server of `sipweet console`: signing in with X, and the webhooks of X.', {
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
});
