import type { Command } from 'commander';
import { silentLogger } from '../../base/logger.ts';
import type { Config } from '../../config/schema.ts';
import type { CommandLine } from '../command-line.ts';
import { examples } from '../help.ts';

/** How long to wait for X to say what our account is called; the code is good without. */
const NAME_MS = 3000;

interface LinkWords {
  readonly sipUser: string;
  readonly code: string;
  readonly expiresAt: Date;
  readonly minutes: number;
  readonly botName: string | undefined;
  readonly signInUrl: string | undefined;
}

/** `sipweet user link` and `unlink`. */
export function addUserLinkCommands(user: Command, line: CommandLine): void {
  user
    .command('link <sip-user>')
    .description(
      'Makes a one-time code. The X account that sends it to the account of this service, or signs in with it, may then act for the user: make calls, set reminders. A newer code replaces one that was not used.',
    )
    .option('--json', 'as JSON')
    .addHelpText('after', examples([['sipweet user link bob', 'give the code to bob, and to nobody else']]))
    .action((name: string, { json = false }: { json?: boolean }) => linkUser(line, name, json));
  user
    .command('unlink <sip-user>')
    .description('Ends the link at once: the X account no longer acts for the user, who is told of nothing on X any more. Tokens of a sign-in are deleted.')
    .addHelpText('after', examples([['sipweet user unlink bob', 'as if bob had written "stop"']]))
    .action((name: string) => unlinkUser(line, name));
}

async function linkUser(line: CommandLine, sipUser: string, json: boolean): Promise<void> {
  const loaded = line.load();
  const { config } = loaded;
  const [{ withDatabase }, { LinksTable }] = await Promise.all([import('../database.ts'), import('../../db/tables/links.ts')]);
  const minutes = config.console.linkCodeMinutes;
  const issued = await withDatabase({ config, logger: line.commandLog(loaded) }, (db) => new LinksTable(db).issue(sipUser, minutes * 60_000));
  const words = { sipUser, ...issued, minutes, botName: await botNameOf(config, line), signInUrl: signInUrlOf(config, issued.code) };
  if (!json) return line.print(describe(words));
  const { code, expiresAt, botName = null, signInUrl = null } = words;
  line.print(JSON.stringify({ sipUser, code, expiresAt, botName, signInUrl }, undefined, 2));
}

function describe({ sipUser, code, expiresAt, minutes, botName, signInUrl }: LinkWords): string {
  const bot = botName === undefined ? 'the X account of this service' : `@${botName}`;
  const mention = botName === undefined ? `link ${code}` : `@${botName} link ${code}`;
  return [
    `Code for ${sipUser}: ${code}`,
    `Good once, for ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}, until ${expiresAt.toISOString()}. Give it to nobody else.`,
    `${sipUser} sends it from his account on X to ${bot} as a direct message:`,
    `  link ${code}`,
    'or in a post, which everybody can read:',
    `  ${mention}`,
    ...(signInUrl === undefined ? [] : ['or signs in with X on the page', `  ${signInUrl}`]),
  ].join('\n');
}

/** The page of the console, where there is one that this person can reach: behind a public address, or in a trial on this machine. */
function signInUrlOf(config: Config, code: string): string | undefined {
  const { publicUrl, enabled, host, port } = config.console;
  const isTrial = enabled && port !== 0 && config.x.appKey === undefined;
  const origin = publicUrl ?? (isTrial ? `http://${host.includes(':') ? `[${host}]` : host}:${port}` : undefined);
  return origin === undefined ? undefined : `${new URL(origin).origin}/link?code=${code}`;
}

/** What our account is called, when X says so in time. */
async function botNameOf(config: Config, line: CommandLine): Promise<string | undefined> {
  const [{ joinX }, { XClient }] = await Promise.all([import('../x-access.ts'), import('../../x/client.ts')]);
  const { keys, apiBase } = joinX(config);
  try {
    const x = new XClient({ keys, clock: line.clock, logger: silentLogger, timeoutMs: NAME_MS, ...(apiBase === undefined ? {} : { apiBase }) });
    return (await x.me()).username;
  } catch {
    return undefined;
  }
}

async function unlinkUser(line: CommandLine, sipUser: string): Promise<void> {
  const loaded = line.load();
  const [{ withDatabase }, { LinksTable }, { UsersTable }] = await Promise.all([
    import('../database.ts'),
    import('../../db/tables/links.ts'),
    import('../../db/tables/users.ts'),
  ]);
  const said = await withDatabase({ config: loaded.config, logger: line.commandLog(loaded) }, async (db) => {
    const { xUser } = await new UsersTable(db).show(sipUser);
    const wasLinked = await new LinksTable(db).unlink(sipUser);
    return wasLinked
      ? `${sipUser} is no longer linked with @${xUser}, who is told of nothing any more`
      : `${sipUser} was not linked; @${xUser} is told of nothing any more`;
  });
  line.print(said);
}
