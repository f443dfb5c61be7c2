/** Hand-made commands and the people who give them: the grammar is not needed to test what follows from it. */
import type { Command, NotUnderstood, Target, When } from '../../../src/commands/command.ts';
import type { Call } from '../../../src/db/tables/calls.ts';
import type { Schedule } from '../../../src/db/tables/schedules.ts';
import type { User } from '../../../src/db/tables/users.ts';
import { answerTextsFor } from '../../../src/workers/answers/catalogue.ts';
import type { Situation } from '../../../src/workers/commands/decision.ts';
import type { Grammar } from '../../../src/workers/commands/grammar.ts';
import type { CallPolicy } from '../../../src/workers/commands/policy/call-policy.ts';

export const NOW = Date.UTC(2026, 10, 22, 14, 0);

/** Texts are commands in JSON; one that is not JSON is not understood. Rules are always daily. */
export const jsonGrammar: Grammar = {
  parseCommand(text) {
    const number = /^call (\+?\d+)$/.exec(text)?.[1];
    if (number !== undefined) return { ok: true, command: { verb: 'call', target: numberTarget(number.startsWith('+') ? number : `+49${number.replace(/^0/, '')}`) } };
    try {
      return { ok: true, command: JSON.parse(text) as Command };
    } catch {
      return { ok: false, failure: { problem: 'unknown-command', words: text } satisfies NotUnderstood };
    }
  },
  describeWhen: (when, { locale }) => `${new Date(when.atMs).toISOString().slice(0, 16)} ${when.zone} [${locale}]`,
  describeRule: (rrule, locale) => `${rrule} [${locale}]`,
  explainFailure: ({ words = '' }, locale) => `not understood: ${words} [${locale}]`,
  helpText: (locale) => `help [${locale}]`,
  nextOccurrence(_rrule, wall, _zone, afterMs) {
    const day = 86_400_000;
    const first = Date.parse(`${wall}:00Z`);
    const atMs = first + Math.ceil((afterMs + 1 - first) / day) * day;
    return { atMs, wall: new Date(atMs).toISOString().slice(0, 16) };
  },
};

export function numberTarget(e164: string, type: Extract<Target, { kind: 'number' }>['type'] = 'ordinary'): Extract<Target, { kind: 'number' }> {
  return { kind: 'number', e164, shown: `${e164.slice(0, 3)} ${e164.slice(3)}`, country: 'DE', type };
}

export function at(atMs: number): When {
  return { kind: 'wall', wall: new Date(atMs).toISOString().slice(0, 16), zone: 'UTC', atMs };
}

export function policyOf(change: Partial<CallPolicy> = {}): CallPolicy {
  return {
    domain: 'example.com',
    ownDomains: ['example.com', 'sip.example.com'],
    gateway: 'gw.example.net:5080',
    allowPrefixes: ['+49'],
    denyPrefixes: ['+4918'],
    allowPremium: false,
    allowDomains: ['*'],
    perUserPerDay: 10,
    perDay: 100,
    perDestinationPerDay: 5,
    activePerUser: 1,
    activeInAll: 10,
    schedulesPerUser: 3,
    graceMs: 300_000,
    lastsMs: 4 * 3600_000,
    ...change,
  };
}

export function userOf(change: Partial<User> = {}): User {
  return {
    sipUser: 'bob',
    xUser: 'bob_example',
    xUserId: '7',
    timeZone: 'Europe/Berlin',
    locale: 'en',
    region: 'DE',
    notify: true,
    linkedAt: new Date(0),
    quietFrom: undefined,
    quietTo: undefined,
    forwardTo: undefined,
    dnd: false,
    mastodon: undefined,
    createdAt: new Date(0),
    ...change,
  };
}

export function situationOf(change: Partial<Situation> = {}): Situation {
  const user = change.user ?? userOf();
  return {
    nowMs: NOW,
    commandId: 'post:1',
    replyTo: '1',
    user,
    zone: user.timeZone,
    policy: policyOf(),
    grammar: jsonGrammar,
    texts: answerTextsFor(user.locale),
    botName: 'bot',
    ...change,
  };
}

export function scheduleOf(change: Partial<Schedule> = {}): Schedule {
  return {
    id: '1',
    sipUser: 'bob',
    number: 3,
    kind: 'reminder',
    state: 'active',
    about: 'call mum',
    ring: false,
    next: { atMs: NOW + 3600_000, wall: '2026-11-22T15:00', zone: 'UTC' },
    zone: 'UTC',
    lastFiredAt: undefined,
    ...change,
  };
}

export function callOf(change: Partial<Call> = {}): Call {
  return {
    id: 'call:post:0',
    kind: 'call',
    state: 'ringing',
    reason: undefined,
    sipUser: 'bob',
    target: 'sip:alice@example.com',
    targetName: '@alice',
    targetSipUser: 'alice',
    plannedAt: new Date(NOW),
    expiresAt: new Date(NOW + 300_000),
    node: 'n1',
    connectedAt: undefined,
    endedAt: undefined,
    cancelRequested: false,
    commandId: 'post:0',
    replyTo: undefined,
    ...change,
  };
}
