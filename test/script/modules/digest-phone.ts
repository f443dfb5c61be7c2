/** A phone's side of digest authentication: takes the challenge that was sent and answers it. */
import { answerChallenge } from '../../../src/sip/auth/answer.ts';
import type { SipMessage } from '../../../src/sip/message/sip-message.ts';
import { isParseFailure, parseMessage } from '../../../src/sip/message/parse-message.ts';
import type { Sent } from '../route-fixture.ts';

export function parseSent(sent: Sent | undefined): SipMessage {
  const message = parseMessage(sent?.text ?? '');
  if (isParseFailure(message)) throw new Error(`what was sent cannot be parsed: ${message.failure}`);
  return message;
}

/** Values of all header fields of that name. */
export function values(message: SipMessage, name: string): string[] {
  return message.fieldsNamed(name).map((index) => message.fieldValue(index));
}

export interface PhoneAnswer {
  readonly challenge: SipMessage;
  readonly method: string;
  readonly uri?: string;
  readonly username?: string;
  readonly password?: string;
  readonly count?: number;
  /** Answers in MD5 although more is offered. */
  readonly md5?: boolean;
}

/** The header line with the answer to a 401 or 407. */
export function authorization({ challenge, method, uri = 'sip:bob@proxy.test', username = 'alice', password = 'secret', count = 1, md5 = false }: PhoneAnswer): string {
  const proxy = challenge.status === 407;
  const challenges = values(challenge, proxy ? 'Proxy-Authenticate' : 'WWW-Authenticate').filter((value) => !md5 || value.includes('MD5'));
  const value = answerChallenge({ challenges, method, uri, username, password, cnonce: '0123456789abcdef', nonceCount: count });
  if (value === undefined) throw new Error('the challenge cannot be answered');
  return `${proxy ? 'Proxy-Authorization' : 'Authorization'}: ${value}\r\n`;
}
