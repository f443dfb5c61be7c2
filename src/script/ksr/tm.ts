import type { Branch } from '../../proxy/branch.ts';
import { relay, openTransaction } from '../relay.ts';
import type { Callbacks } from '../callbacks.ts';
import type { RouteContext } from '../route-context.ts';
import { rowsOf } from '../row.ts';
import { matchesPattern } from '../script-pattern.ts';
import { loadContacts, nextContacts } from '../serial-forking.ts';
import { sendReply } from './sl.ts';

const { row } = rowsOf<RouteContext>('tm');

const TRUE = 1;
const FALSE = -1;
const EXISTS = -10;

/** KEMI `t_newtran`: a transaction from here on. */
function newTransaction(route: RouteContext): number {
  if (route.message.method === 'ACK') return TRUE;
  if (!route.message.isRequest) return FALSE;
  if (route.transaction !== undefined) return EXISTS;
  openTransaction(route);
  return TRUE;
}

/**
 * KEMI `t_check_trans`. Retransmissions and the ACKs of failures never reach a script here: they
 * are absorbed before, so what is left is whether a CANCEL or the ACK of a 2xx belongs to a call.
 */
function checkTransaction(route: RouteContext): number {
  if (route.transaction !== undefined) return TRUE;
  const { endpoint } = route.services;
  switch (route.message.method) {
    case 'CANCEL':
      return endpoint.knowsCancelled(route.message) ? TRUE : FALSE;
    case 'ACK':
      return endpoint.knowsAcknowledged(route.message) ? TRUE : FALSE;
    default:
      // A new request, or one that came by another way (§8.2.2.2).
      return FALSE;
  }
}

function lookUpCancelled(route: RouteContext): number {
  return route.message.method === 'CANCEL' && route.services.endpoint.knowsCancelled(route.message) ? TRUE : FALSE;
}

function reply(route: RouteContext, status: number, reason: string): number {
  return route.transaction !== undefined && sendReply(route, status, reason) === TRUE ? TRUE : FALSE;
}

/** KEMI `t_send_reply`: makes the transaction first. */
function sendStatefully(route: RouteContext, status: number, reason: string): number {
  if (!route.message.isRequest || route.message.method === 'ACK') return FALSE;
  if (route.transaction === undefined) openTransaction(route);
  return reply(route, status, reason);
}

/** Names a callback for the transaction, or for the one that this request will get. */
function arm(route: RouteContext, callback: keyof Callbacks, name: string): number {
  route.callbacks[callback] = name;
  return TRUE;
}

/** Only the first letter is looked at, as Kamailio does. */
function isArmed(route: RouteContext, which: string): number {
  switch (which.charCodeAt(0) | 0x20) {
    case 0x62: // b
      return route.callbacks.branch === '' ? FALSE : TRUE;
    case 0x6f: // o
      return route.callbacks.reply === '' ? FALSE : TRUE;
    case 0x66: // f
      return route.callbacks.failure === '' ? FALSE : TRUE;
    default:
      return FALSE;
  }
}

/** Times in milliseconds; 0 leaves a time as it is. */
function setTimes(route: RouteContext, ringMs: number, firstResponseMs: number): number {
  const holder = route.transaction?.context ?? route;
  if (ringMs > 0) holder.ringMs = ringMs;
  if (firstResponseMs > 0) holder.firstResponseMs = firstResponseMs;
  return TRUE;
}

function resetTimes(route: RouteContext): number {
  const { options } = route.services.proxy;
  return setTimes(route, options.ringMs, options.firstResponseMs);
}

/** The status that `t_check_status` and its kin look at in this route; -1 when there is none. */
export function currentStatus(route: RouteContext): number {
  switch (route.kind) {
    case 'reply':
    case 'onreply':
      return route.message.status;
    case 'failure':
    case 'branch_failure':
      return route.branch?.status ?? -1;
    default: {
      const last = route.transaction?.context.lastStatus ?? 0;
      return last === 0 ? -1 : last;
    }
  }
}

function checkStatus(route: RouteContext, pattern: string): number {
  const status = currentStatus(route);
  return status > 0 && matchesPattern(pattern, String(status)) ? TRUE : FALSE;
}

function anyBranch(route: RouteContext, is: (branch: Branch) => boolean): number {
  return route.transaction?.context.branches.some(is) === true ? TRUE : FALSE;
}

/** For the failure route's own branch; outside of one always -1. */
function failedBranch(route: RouteContext, is: (branch: Branch) => boolean): number {
  return route.kind === 'failure' && route.branch !== undefined && is(route.branch) ? TRUE : FALSE;
}

const wasReplied = (branch: Branch): boolean => branch.replied;
const wasSilent = (branch: Branch): boolean => branch.timedOut;

/** Lets a transaction go that nothing was done with; in the request route only. */
function release(route: RouteContext): number {
  const { transaction } = route;
  if (route.kind !== 'request' || transaction === undefined || transaction.context.waiting) return FALSE;
  transaction.context.server.terminate();
  return TRUE;
}

/** Relays to a given next hop instead of the one that the Request-URI names. */
function relayTo(route: RouteContext, protocol: string, host: string, port: number): number {
  const uri = `sip:${host}${port > 0 ? `:${port}` : ''}${protocol === '' ? '' : `;transport=${protocol.toLowerCase()}`}`;
  route.destinationUri = uri;
  return relay(route);
}

/** From now on nothing that branches have answered so far goes to the caller; what comes later does. */
function dropReplies(route: RouteContext): number {
  if (route.kind !== 'failure' || route.transaction === undefined) return FALSE;
  route.transaction.context.dropReplies();
  return TRUE;
}

function retransmitReply(route: RouteContext): number {
  const server = route.transaction?.context.server;
  if (server === undefined || server.lastStatus === 0) return FALSE;
  server.receiveRetransmission();
  return TRUE;
}

function disableInternalReply(route: RouteContext, state: number): number {
  route.noDelayedReply = state !== 0;
  return TRUE;
}

export const tmRows = [
  row('t_relay', [], 'int', relay, 'Forwards the request to its destination set, statefully; above 0 when something is on its way'),
  row('t_relay_to_flags', ['int'], 'int', relay, 'The same as t_relay; the flags are not used'),
  row('t_relay_to_proto_addr', ['str', 'str', 'int'], 'int', relayTo, 'Forwards to this transport, host and port'),
  row('t_newtran', [], 'int', newTransaction, 'Makes the request a transaction; 1 made, -10 there is one already'),
  row('t_check_trans', [], 'int', checkTransaction, '1 for a CANCEL or ACK that belongs to a call, and in callbacks of a transaction; -1 otherwise'),
  row('t_lookup_request', [], 'int', (route) => (route.transaction !== undefined || route.services.endpoint.findServer(route.message) !== undefined ? TRUE : FALSE), '1 when the request has a transaction'),
  row('t_lookup_cancel', [], 'int', lookUpCancelled, '1 when this CANCEL has an INVITE to cancel'),
  row('t_lookup_cancel_flags', ['int'], 'int', lookUpCancelled, 'The same as t_lookup_cancel; the flags are not used'),
  row('t_exists', [], 'int', (route) => (route.transaction === undefined ? FALSE : TRUE), '1 when there is a transaction'),
  row('t_release', [], 'int', release, 'Forgets the transaction without an answer'),
  row('t_reply', ['int', 'str'], 'int', reply, 'Answers through the transaction; -1 when there is none'),
  row('t_send_reply', ['int', 'str'], 'int', sendStatefully, 'Answers through the transaction, which is made when there is none'),
  row('t_retransmit_reply', [], 'int', retransmitReply, 'Sends the last response once more; -1 when there is none'),
  row('t_drop_replies', ['str'], 'int', dropReplies, 'In a failure route: no response of the branches so far is passed on; the argument is not used'),
  row('t_drop_replies_all', [], 'int', dropReplies, 'In a failure route: no response of the branches so far is passed on'),
  row('t_set_disable_internal_reply', ['int'], 'int', disableInternalReply, '1: a t_relay that fails answers nothing by itself and returns -4'),
  row('t_on_branch', ['str'], 'int', (route, name) => arm(route, 'branch', name), 'Names the function that is called before each branch is sent'),
  row('t_on_reply', ['str'], 'int', (route, name) => arm(route, 'reply', name), 'Names the function that is called for each response'),
  row('t_on_failure', ['str'], 'int', (route, name) => arm(route, 'failure', name), 'Names the function that is called once when all branches have failed'),
  row('t_on_branch_failure', ['str'], 'int', (route, name) => arm(route, 'branchFailure', name), 'Names the function that is called once when a branch has failed, before the others have'),
  row('t_is_set', ['str'], 'int', isArmed, '1 when "branch_route", "onreply_route" or "failure_route" is named'),
  row('t_set_fr', ['int', 'int'], 'int', setTimes, 'Sets how long a branch may ring and how long it may take to its first response, in milliseconds'),
  row('t_set_fr_inv', ['int'], 'int', (route, ringMs) => setTimes(route, ringMs, 0), 'Sets how long a branch may ring, in milliseconds'),
  row('t_reset_fr', [], 'int', resetTimes, 'Sets both times back to the configured ones'),
  row('t_is_canceled', [], 'int', (route) => (route.transaction?.context.cancelled === true ? TRUE : FALSE), '1 when the caller has cancelled'),
  row('t_any_replied', [], 'int', (route) => anyBranch(route, wasReplied), '1 when any branch has answered'),
  row('t_any_timeout', [], 'int', (route) => anyBranch(route, wasSilent), '1 when any branch stayed silent for too long'),
  row('t_branch_replied', [], 'int', (route) => failedBranch(route, wasReplied), 'In a failure route: 1 when the branch that it is about has answered'),
  row('t_branch_timeout', [], 'int', (route) => failedBranch(route, wasSilent), 'In a failure route: 1 when the branch that it is about stayed silent'),
  row('t_check_status', ['str'], 'int', (route, pattern) => checkStatus(route, pattern), '1 when the status of this route matches a regular expression'),
  row('t_grep_status', ['int'], 'int', (route, status) => anyBranch(route, (branch) => branch.status === status), '1 when any branch has this status'),
  row('t_get_status_code', [], 'int', currentStatus, 'The status of this route, -1 when there is none'),
  row('t_get_branch_index', [], 'int', (route) => route.branch?.index ?? FALSE, 'The number of the branch of this route, -1 when there is none'),
  row('t_load_contacts', [], 'int', loadContacts, 'Sorts the destination set by q for t_next_contacts; 1 done, -1 error'),
  row('t_next_contacts', [], 'int', nextContacts, 'Takes the best contacts that were not tried; 1 taken, -2 none is left'),
];
