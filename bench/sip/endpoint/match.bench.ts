/**
 * Finding a transaction (RFC 3261 §17.1.3, §17.2.3) among 10,000: the server's by Call-ID and CSeq,
 * the client's by the slot in its branch. Run with `node --import tsx bench/sip/endpoint/match.bench.ts`.
 */
import { BranchIds } from '../../../src/sip/endpoint/branch-id.ts';
import { ServerTransactions } from '../../../src/sip/endpoint/server-transactions.ts';
import type { ServerTransaction } from '../../../src/sip/endpoint/server-transaction.ts';
import type { SipMessage } from '../../../src/sip/message/sip-message.ts';
import { isGate, measure } from '../../measure.ts';
import { INVITE, parsed } from '../message/messages.ts';

const TRANSACTIONS = 10_000;
/** The gate asks for few of them: the others would measure the caches of the processor, and who else is using them. */
const ASKED = isGate ? 64 : TRANSACTIONS;

/** The INVITE of call number `call`, parsed from a string of its own as each datagram is. */
function invite(call: number): SipMessage {
  const text = INVITE.replace('5f2b8c0d9e7146b3a1c4', String(call).padStart(20, '5')).replace('5f2b8c0d9e7146b3a1', `own${call}`);
  return parsed(Buffer.from(text, 'latin1').toString('latin1'));
}

const transactions = new ServerTransactions(TRANSACTIONS);
for (let call = 0; call < TRANSACTIONS; call += 1) {
  // The look-up reads nothing of a transaction but its request.
  transactions.add({ request: invite(call), chained: undefined } as unknown as ServerTransaction);
}
const retransmissions = Array.from({ length: TRANSACTIONS }, (_, call) => invite(call));
let missed = 0;
measure('match/server, key known', (call) => {
  if (transactions.match(retransmissions[call % ASKED]!) === undefined) missed += 1;
  return missed;
});
if (missed > 0) throw new Error('a retransmission did not find its transaction');

// The key of a message is made at the first question, so here each message is parsed anew. Not for the gate: the
// time of one process is half as long again as that of the next, whatever the code.
if (!isGate) {
  measure('match/server, parse and match', (call) => {
    const message = parsed(retransmissions[call % TRANSACTIONS]!.raw);
    return transactions.match(message) === undefined ? Number.NaN : 1;
  });
}

const ids = new BranchIds();
const branches = Array.from({ length: TRANSACTIONS }, (_, slot) => ids.format(slot, slot & 7));
measure('match/client, branch written', (call) => ids.format(call % TRANSACTIONS, 3).length);
measure('match/client, branch read', (call) => ids.parse(branches[call % TRANSACTIONS]!));
measure('match/client, branch of a stranger', () => ids.parse('z9hG4bKPj5f2b8c0d9e7146b3a1'));
