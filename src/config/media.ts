import { isIP } from 'node:net';
import { fileURLToPath } from 'node:url';
import { integer, optionalLine } from './option.ts';
import { section } from './section.ts';

/** The sound that comes with the package; it is used when `media.announcement` is not set. */
export const PACKAGED_ANNOUNCEMENT = fileURLToPath(new URL('../../sounds/announcement.wav', import.meta.url));

export const MEDIA = section(
  'Announcements: what the service itself speaks into a call, as G.711 over RTP, without RTCP and without encryption. Calls between phones have their media between the phones.',
  {
    address: optionalLine({
      expected: 'a numeric address, IPv6 without brackets',
      accepts: (text) => isIP(text) !== 0 && !text.includes('%'),
      doc: 'Address that phones are told to send their audio to, and that ours is expected from. Set it where the machine does not have the address that phones reach it by.',
      defaultText: '`sip.advertise` when that is an address, else the one address of `sip.listen`, else the first of the machine that is not loopback',
      rfc: '8866 §5.7',
    }),
    portMin: integer({
      default: 40_000,
      min: 1024,
      max: 65_534,
      doc: 'First UDP port of announcements; each takes an even one. Open the range in the firewall, and publish it from a container.',
      rfc: '3550 §11',
    }),
    portMax: integer({
      default: 40_999,
      min: 1024,
      max: 65_535,
      doc: 'Last UDP port of announcements.',
    }),
    announcement: optionalLine({
      expected: 'a path of a file',
      accepts: (text) => text !== '',
      doc: 'The sound: a WAV file of 8000 Hz, mono, 16-bit PCM, mu-law or A-law, of at most five minutes. A relative path starts at the working directory.',
      defaultText: '`sounds/announcement.wav` of the package',
    }),
    repeat: integer({
      default: 3,
      min: 1,
      max: 100,
      doc: 'How often the sound is played before the service hangs up.',
    }),
    pauseMs: integer({
      default: 1000,
      min: 0,
      max: 60_000,
      doc: 'Milliseconds of silence between two plays.',
    }),
    maxSessions: integer({
      default: 100,
      min: 1,
      max: 10_000,
      doc: 'Announcements that one SIP process makes at a time; at the limit a call that needs one fails. Each costs 50 small packets a second.',
    }),
  },
  (values) => (values.portMax <= values.portMin ? [{ option: 'portMax', text: 'must be greater than media.portMin' }] : []),
);
