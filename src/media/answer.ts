import { isIPv4, isIPv6 } from 'node:net';
import { PCMA, PCMU, type PayloadType } from './sound.ts';

/** Where an answer wants its audio, and in which law. */
export interface AudioDestination {
  readonly address: string;
  readonly port: number;
  readonly payloadType: PayloadType;
}

/** Why there is nothing to send to, in words for people. */
export interface AnswerProblem {
  readonly problem: string;
}

/** Longer answers are nobody's; they are not looked at. */
const MAX_BYTES = 16_384;
/** The letters are those of SDP; what one line can hold is bounded by the whole. */
const LINE = /^([a-z])=(.*)$/;
const MEDIA = /^(\S+) (\d{1,5})(?:\/\d{1,5})? (\S+) (.+)$/;
const CONNECTION = /^IN (IP4|IP6) (\S+)$/;
const DIRECTION = /^(?:sendrecv|sendonly|recvonly|inactive)$/;

/**
 * Reads the answer to our offer (RFC 3264 §6, RFC 8866): the first `m=` line is the stream that we offered,
 * later ones are not ours. `c=` and the direction of the stream win over those of the session. Of the formats
 * the first that is static and ours is taken.
 */
export function readAnswer(text: string): AudioDestination | AnswerProblem {
  if (text.length > MAX_BYTES) return { problem: `the answer has more than ${MAX_BYTES} bytes` };
  let media: RegExpExecArray | undefined;
  let connection: string | undefined;
  let direction = 'sendrecv';
  let streams = 0;
  for (const line of text.split(/\r?\n/)) {
    const [, letter, value = ''] = LINE.exec(line) ?? [];
    if (letter === 'm') {
      streams += 1;
      if (streams > 1) break;
      media = MEDIA.exec(value) ?? undefined;
      // What the session said holds until the stream says otherwise.
    } else if (letter === 'c') {
      connection = value.trimEnd();
    } else if (letter === 'a' && DIRECTION.test(value.trimEnd())) {
      direction = value.trimEnd();
    }
  }
  if (streams === 0) return { problem: 'the answer has no stream' };
  if (media === undefined) return { problem: 'the stream of the answer cannot be read' };
  return destinationOf(media, connection, direction);
}

function destinationOf([, kind, portText, profile, formats = '']: RegExpExecArray, connection: string | undefined, direction: string): AudioDestination | AnswerProblem {
  const port = Number(portText);
  if (kind !== 'audio' || profile !== 'RTP/AVP') return { problem: `the answer is ${kind} over ${profile}` };
  if (port === 0) return { problem: 'the audio was rejected' };
  if (port > 65_535) return { problem: `${port} is no port` };
  if (direction === 'sendonly' || direction === 'inactive') return { problem: `the audio is ${direction}: nobody would hear it` };
  const payloadType = formats.split(' ').map(staticType).find((type) => type !== undefined);
  if (payloadType === undefined) return { problem: 'the answer has neither PCMU nor PCMA' };
  const address = addressOf(connection);
  return typeof address === 'string' ? { address, port, payloadType } : address;
}

function staticType(format: string): PayloadType | undefined {
  return format === '0' ? PCMU : format === '8' ? PCMA : undefined;
}

/** An address that one can be found at: a name is not resolved, a group of listeners is not sent to. */
function addressOf(connection: string | undefined): string | AnswerProblem {
  const [, family, address = ''] = (connection === undefined ? null : CONNECTION.exec(connection)) ?? [];
  if (family === undefined) return { problem: 'the answer has no address' };
  if (family === 'IP4' ? !isIPv4(address) : !isIPv6(address) || address.includes('%')) return { problem: 'the address of the answer is none' };
  // RFC 3264 §8.4: the old way to say that a call is on hold.
  if (address === '0.0.0.0' || /^[0:]+$/.test(address)) return { problem: 'the call is on hold' };
  return address;
}
