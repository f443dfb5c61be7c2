/** A console on a free port, with a real database and the X of `fake-x.ts`, for the tests of its pages. */
import type { TestContext } from 'node:test';
import type { Knex } from 'knex';
import { Counters } from '../../src/base/counters.ts';
import type { ConsoleOptions } from '../../src/console/console-options.ts';
import { ConsoleServer } from '../../src/console/console-server.ts';
import { PasswordCheck } from '../../src/console/password-check.ts';
import { LinksTable } from '../../src/db/tables/links.ts';
import { SubscriberTable } from '../../src/db/tables/subscriber.ts';
import { UsersTable } from '../../src/db/tables/users.ts';
import { XTokensTable } from '../../src/db/tables/x-tokens.ts';
import { newTokenKey, TokenCipher } from '../../src/db/token-cipher.ts';
import { Lockout } from '../../src/sip/auth/lockout.ts';
import { sourceNetwork } from '../../src/sip/auth/source-network.ts';
import { VirtualClock } from '../../src/testing/clock.ts';
import { SignIn } from '../../src/x/oauth2.ts';
import { recordingLogger } from '../x/sandbox.ts';
import { Browser } from './browser.ts';
import { FAKE_CLIENT, FakeX } from './fake-x.ts';

export const REALM = 'example.com';

export interface Setup {
  readonly server: ConsoleServer;
  readonly x: FakeX;
  readonly clock: VirtualClock;
  readonly links: LinksTable;
  readonly tokens: XTokensTable;
  readonly counters: Counters;
  /** Every line of the log with its values. */
  readonly log: () => string;
  readonly browser: () => Browser;
  /** The counter of that name. */
  readonly count: (name: string) => number;
}

/** Empties the tables, and adds bob, who has the SIP password `secret2`. */
export async function startConsole(t: TestContext, db: Knex, more: Partial<ConsoleOptions> & { readonly withoutSignIn?: boolean } = {}): Promise<Setup> {
  for (const table of ['sipweetusers', 'subscriber', 'link_codes', 'link_failures', 'x_tokens']) await db(table).delete();
  const { withoutSignIn = false, ...options } = more;
  const x = await FakeX.start();
  t.after(() => x.close());
  const clock = new VirtualClock(Date.now());
  const counters = options.counters ?? new Counters();
  const { logger, lines } = recordingLogger();
  const links = new LinksTable(db);
  const subscribers = new SubscriberTable(db);
  await new UsersTable(db).add({ sipUser: 'bob', xUser: 'bob_before' });
  await subscribers.upsert({ username: 'bob', realm: REALM, password: 'secret2' });
  const cipher = new TokenCipher([newTokenKey()]);
  const makeSignIn = (redirectUri: string) => new SignIn({ client: FAKE_CLIENT, redirectUri, clock, logger, apiBase: x.url });
  const tokens = new XTokensTable({ db, cipher, refresh: (token) => makeSignIn('http://unused/callback').refresh(token) });
  const server = await ConsoleServer.start({
    host: '127.0.0.1',
    port: 0,
    publicUrl: undefined,
    proxies: ['127.0.0.1'],
    requestsPerMinute: 1000,
    links,
    passwords: new PasswordCheck({ subscribers, realm: REALM, bound: new Lockout({ clock }) }),
    signIn: withoutSignIn ? undefined : (redirectUri) => ({ x: makeSignIn(redirectUri), tokens }),
    webhook: undefined,
    networkOf: sourceNetwork,
    botName: () => 'sipweet',
    isReady: async () => {},
    clock,
    logger,
    counters,
    ...options,
  });
  t.after(() => server.stop());
  return {
    server,
    x,
    clock,
    links,
    tokens,
    counters,
    log: () => JSON.stringify(lines),
    browser: () => new Browser(server.origin),
    count: (name) => counters.all().find((counter) => counter.name === name)?.value ?? 0,
  };
}
