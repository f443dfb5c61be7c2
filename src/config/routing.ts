import { flag, list } from './option.ts';
import { addressBlock, portNumber } from './notations.ts';
import { section } from './section.ts';

/** Services that understand lines of text and so would take parts of a SIP message as commands. */
const TEXT_PROTOCOL_PORTS: readonly number[] = [21, 22, 25, 110, 143, 389, 587, 3306, 5432, 6379, 9200, 11211, 27017];

export const ROUTING = section(
  'Where requests may be sent to. A Route header or a Contact comes from outside and may name any host, also one behind our firewall.',
  {
    allowLoopback: flag({
      default: false,
      doc: 'Whether a request may be sent to the machine itself (127.0.0.0/8, ::1). On by itself when sip.listen names a loopback address, and in "sipweet start" with the sandbox of X, where phones on the same machine are what people try first.',
    }),
    allowNextHops: list(addressBlock, {
      default: [],
      max: 1000,
      doc: 'When set, requests go to these addresses only. Use it where all peers are known, such as in front of a trunk.',
    }),
    denyNextHops: list(addressBlock, {
      default: [{ address: '169.254.0.0', prefixLength: 16, family: 4 }],
      max: 1000,
      doc: 'Requests never go to these addresses. The default is the link-local block, where clouds keep the credentials of the machine. Add the networks of your back ends.',
    }),
    denyPorts: list(portNumber, {
      default: TEXT_PROTOCOL_PORTS,
      max: 1000,
      doc: 'Requests never go to these ports of any address. Those of our own database and queue are always denied.',
    }),
  },
);
