import { CONTENT_LENGTH, CONTENT_TYPE } from '../../../sip/headers/header-id.ts';
import { hasControls } from '../../header-name.ts';
import type { RouteContext } from '../../route-context.ts';
import { rowsOf } from '../../row.ts';

const { row } = rowsOf<RouteContext>('textops');

const DONE = 1;
const FAILED = -1;

/** Sets a header field by its id, adding it when it is missing. */
function setField(route: RouteContext, id: number, name: string, value: string): void {
  const { message, edits } = route;
  const index = message.findField(id);
  if (index < 0) edits.insert(message.headerEnd, `${name}: ${value}\r\n`);
  else edits.replace(message.valueStart(index), message.valueEnd(index), value);
}

/** Content-Length must follow what became of the body, or the next reader finds its end in the wrong place. */
export function fitContentLength(route: RouteContext): void {
  const { message, edits } = route;
  if (message.findField(CONTENT_LENGTH) < 0) return;
  const length = edits.apply(message.raw, message.bodyStart, message.bodyEnd).length;
  setField(route, CONTENT_LENGTH, 'Content-Length', String(length));
}

/** Longest body that a script may set, in octets: with its header it must fit a datagram. */
const MAX_BODY_BYTES = 60_000;

function setBody(route: RouteContext, body: string, type: string): number {
  const { message, edits } = route;
  if (type === '' || hasControls(type) || body.length > MAX_BODY_BYTES) return FAILED;
  edits.replace(message.bodyStart, message.bodyEnd, body);
  setField(route, CONTENT_TYPE, 'Content-Type', type);
  if (message.findField(CONTENT_LENGTH) < 0) edits.insert(message.headerEnd, `Content-Length: ${body.length}\r\n`);
  else fitContentLength(route);
  return DONE;
}

const hasBody = ({ message }: RouteContext): boolean => message.bodyEnd > message.bodyStart;

/** Type and subtype of the body, lower case, without parameters. */
function bodyType({ message }: RouteContext): string {
  return (message.header(CONTENT_TYPE) ?? '').split(';')[0]!.trim().toLowerCase();
}

/** RFC 3264 §8.4: nobody sends, or the address is 0.0.0.0. */
function isOnHold(route: RouteContext): boolean {
  if (!hasBody(route) || !bodyType(route).endsWith('/sdp')) return false;
  const audio = /(?:^|\n)m=audio [^]*?(?=\r?\nm=|$)/.exec(route.message.body)?.[0];
  if (audio === undefined) return false;
  return /\na=(?:sendonly|inactive)\r?(?:\n|$)/.test(audio) || /(?:^|\n)c=IN IP4 0\.0\.0\.0\r?(?:\n|$)/.test(route.message.body);
}

/** What a message carries. */
export const bodyRows = [
  row('has_body', [], 'int', (route) => (hasBody(route) ? DONE : FAILED), '1 when the message has a body'),
  row('has_body_type', ['str'], 'int', (route, type) => (hasBody(route) && bodyType(route) === type.trim().toLowerCase() ? DONE : FAILED), '1 when the message has a body of this type, as in "application/sdp"'),
  row('set_body', ['str', 'str'], 'int', setBody, 'Sets the body and its type; Content-Length follows'),
  row('is_audio_on_hold', [], 'int', (route) => (isOnHold(route) ? DONE : FAILED), '1 when the session description puts audio on hold'),
];
