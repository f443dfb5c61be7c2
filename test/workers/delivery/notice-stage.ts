/** What the tests of planned messages share. */
import type { TestContext } from 'node:test';
import type { PlannedEffect } from '../../../src/db/tables/ledger-entry.ts';
import { notice } from '../../../src/jobs/contract/notice.ts';
import type { NewJob } from '../../../src/jobs/queue.ts';
import { startReceiver, type Receiver } from './channels/receiver.ts';
import { ONLY_X, stage, type Stage } from './stage.ts';

export const SECRET = `whsec_${Buffer.from('a key that only two of us know..').toString('base64')}`;

export interface NoticeStage extends Stage {
  readonly bobId: string;
  /** A post of bob's that mentions us, and one that does not. */
  readonly mention: string;
  readonly other: string;
  /** What stands under posts, ours only. */
  replies(): Promise<readonly string[]>;
  /** A row as others plan it: an answer to bob unless the test says otherwise. */
  plan(change?: Partial<PlannedEffect>): Promise<NewJob>;
}

/** `bob` is mapped, linked, and known to X. */
export async function noticeStage(t: TestContext, options: Parameters<typeof stage>[1] = {}): Promise<NoticeStage> {
  const s = await stage(t, options);
  const { id: bobId } = await s.control.putUser({ username: 'bob_example' });
  const us = await s.x.me();
  s.users.put('bob', { xUserId: bobId, linkedAt: new Date(0), locale: 'en', timeZone: 'Europe/Berlin' });
  const { id: mention } = await s.control.postAs({ from: 'bob_example', text: `@${us.username} call @alice` });
  const { id: other } = await s.control.postAs({ from: 'bob_example', text: 'good morning' });
  return {
    ...s,
    bobId,
    mention,
    other,
    async replies() {
      return (await s.control.posts()).filter(({ replyToId }) => replyToId !== undefined).map(({ text }) => text);
    },
    async plan(change = {}) {
      const row = { id: 'answer:1', kind: 'answer', recipient: bobId, content: 'Calling @alice', sipUser: 'bob', ...change };
      await s.ledger.plan(row);
      return noticeJob(row.id);
    },
  };
}

export function noticeJob(id: string): NewJob {
  const job = { v: 1, id } as const;
  return { queue: notice.name, name: notice.name, id: notice.id(job), data: notice.encode(job) };
}

/** A webhook beside X. */
export async function withWebhook(t: TestContext): Promise<{ receiver: Receiver; settings: typeof ONLY_X }> {
  const receiver = await startReceiver(t);
  return { receiver, settings: { ...ONLY_X, webhookUrl: receiver.url, webhookSecret: SECRET } };
}

/** The rows of the ledger by id: state and way. */
export function statesOf({ ledger }: Stage): Record<string, string> {
  return Object.fromEntries([...ledger.entries.values()].map(({ id, state, channel }) => [id, channel === undefined ? state : `${state} by ${channel}`]));
}

/** Quiet hours around now: since an hour, and for `minutes` from the last full minute on. Short, since a test has to live through them. */
export function quietFor(nowMs: number, minutes: number): { timeZone: string; quietFrom: string; quietTo: string } {
  const wall = (ms: number) => new Date(ms).toISOString().slice(11, 16);
  return { timeZone: 'Etc/UTC', quietFrom: wall(nowMs - 3_600_000), quietTo: wall(nowMs + minutes * 60_000) };
}
