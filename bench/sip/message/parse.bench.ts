/**
 * Parsing, with all that every element checks: topmost Via, From, To, Call-ID, CSeq, Max-Forwards,
 * Request-URI and the bounds of the body. Run with `node --import tsx bench/sip/message/parse.bench.ts`.
 */
import { measure } from '../../measure.ts';
import { BYE, INVITE, INVITE_TWO_VIAS, OK, RINGING, parsed } from './messages.ts';

measure(`parse/INVITE, 1 Via, ${INVITE.length} bytes`, () => parsed(INVITE).bodyEnd);
measure(`parse/INVITE, 2 Vias, ${INVITE_TWO_VIAS.length} bytes`, () => parsed(INVITE_TWO_VIAS).bodyEnd);
measure(`parse/180, ${RINGING.length} bytes`, () => parsed(RINGING).bodyEnd);
measure(`parse/200, ${OK.length} bytes`, () => parsed(OK).bodyEnd);
measure(`parse/BYE, ${BYE.length} bytes`, () => parsed(BYE).bodyEnd);
