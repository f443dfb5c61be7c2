import { reasonPhrase } from '../../../proxy/reason-phrase.ts';
import type { SipMessage } from '../../../sip/message/sip-message.ts';
import { EditList } from '../../../sip/message/edit-list.ts';
import { RouteContext } from '../../route-context.ts';
import { plain, textOrNull, type PvCatalogue, type PvFactory, type PvValue } from '../pseudo-variable.ts';

const NO_BRANCH = -1;

/** The branch of this route; in a failure route how many there were; -1 without a transaction. */
function branchIndex(route: RouteContext): number {
  const { transaction, branch, kind } = route;
  if (branch !== undefined && kind !== 'failure') return branch.index;
  return transaction === undefined ? NO_BRANCH : transaction.context.branches.length;
}

/** Reply routes: the reply's; failure routes: the winning one's; else the last that was sent. 0 when there is none. */
function replyCode(route: RouteContext): number {
  switch (route.kind) {
    case 'reply':
    case 'onreply':
      return route.message.status;
    case 'failure':
    case 'branch_failure':
      return route.branch?.status ?? 0;
    default:
      return route.transaction?.context.lastStatus ?? 0;
  }
}

function replyReason(route: RouteContext): string | null {
  if (!route.message.isRequest) return textOrNull(route.message.reason);
  const response = route.branch?.response;
  if (response !== undefined) return textOrNull(response.reason);
  const code = replyCode(route);
  return code === 0 ? null : reasonPhrase(code);
}

const FIELDS: Readonly<Record<string, (route: RouteContext) => PvValue>> = {
  branch_index: branchIndex,
  reply_code: replyCode,
  reply_reason: replyReason,
  /** 1 for a reply that came in, 0 for one that we made up. */
  reply_type: (route) => (!route.message.isRequest || route.branch?.replied === true ? 1 : 0),
  /** For `t_continue`, after `t_suspend`. */
  id_index: (route) => suspendedId(route.transaction?.suspendedIndex),
  id_label: (route) => suspendedId(route.transaction?.suspendedLabel),
  branch_uri: (route) => textOrNull(route.branch?.target.requestUri),
};

const suspendedId = (id: number | undefined): PvValue => (id === undefined || id < 0 ? null : id);

const transactionField: PvFactory = ({ inner }) => {
  const get = inner === undefined || !Object.hasOwn(FIELDS, inner.text) ? undefined : FIELDS[inner.text];
  return get === undefined ? undefined : { get, set: () => true };
};

/** `$T_req(…)` and `$T_rpl(…)`: another variable, read from the request or the reply of the transaction. */
function ofMessage(choose: (route: RouteContext) => SipMessage | undefined): PvFactory {
  return ({ inner, compile }) => {
    const variable = inner === undefined ? undefined : compile(inner.text);
    if (variable === undefined) return undefined;
    return {
      get(route) {
        const message = choose(route);
        if (message === undefined) return null;
        if (message === route.message) return variable.get(route);
        const other = new RouteContext(route.runner, message.isRequest ? 'request' : 'reply', message, route.source, new EditList());
        other.ownAttributes = route.attributes;
        return variable.get(other);
      },
      set: () => true,
    };
  };
}

/** Variables of the transaction. */
export const transactionCatalogue: PvCatalogue = {
  T_branch_idx: plain(branchIndex),
  T_reply_code: plain(replyCode),
  T_reply_reason: plain(replyReason),
  T_reply_last: plain((route) => route.transaction?.context.lastStatus ?? 0),
  T: transactionField,
  T_req: ofMessage((route) => route.transaction?.context.request),
  T_inv: ofMessage((route) => route.transaction?.context.request),
  T_rpl: ofMessage((route) => (route.message.isRequest ? route.branch?.response : route.message)),
};
