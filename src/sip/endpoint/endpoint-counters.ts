import type { Counter, Counters } from '../../base/counters.ts';

/** What an endpoint counts. */
export interface EndpointCounters {
  readonly requests: Counter;
  readonly responses: Counter;
  readonly retransmissions: Counter;
  readonly unparsable: Counter;
  readonly droppedUnparsable: Counter;
  readonly strayResponses: Counter;
  readonly framingErrors: Counter;
  readonly sendErrors: Counter;
  readonly overload: Counter;
  readonly internalErrors: Counter;
}

export function defineEndpointCounters(counters: Counters): EndpointCounters {
  return {
    requests: counters.define('sip.requests', 'Requests received that could be parsed'),
    responses: counters.define('sip.responses', 'Responses received that could be parsed'),
    retransmissions: counters.define('sip.retransmissions', 'Messages that came before, so that no script saw them: requests, and the 2xx of an INVITE'),
    unparsable: counters.define('sip.unparsable', 'Messages that could not be parsed'),
    droppedUnparsable: counters.define('sip.unparsable-dropped', 'Messages that could not be parsed and were not answered either'),
    strayResponses: counters.define('sip.stray-responses', 'Responses dropped because they answer nothing that was sent'),
    framingErrors: counters.define('sip.framing-errors', 'Connections closed because the end of a message could not be found'),
    sendErrors: counters.define('sip.send-errors', 'Messages that the transport could not send'),
    overload: counters.define('sip.overload', 'Requests answered with 503 because limits.maxTransactions was reached'),
    internalErrors: counters.define('sip.internal-errors', 'Messages whose processing failed because of a defect'),
  };
}
