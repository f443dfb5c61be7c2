import type { Command } from 'commander';
import { AppError } from '../../base/errors.ts';
import { randomHex } from '../../base/ids.ts';
import { isTimeZone } from '../../base/time-zone.ts';
import { realmOf } from '../../config/auth.ts';
import type { LinksTable, LinkState } from '../../db/tables/links.ts';
import type { SubscriberTable } from '../../db/tables/subscriber.ts';
import type { User, UsersTable } from '../../db/tables/users.ts';
import type { CommandLine } from '../command-line.ts';
import { examples } from '../help.ts';
import { addUserLinkCommands } from './user-link.ts';

/** A password that we make up: 96 bits, no characters that a phone's keypad lacks. */
const PASSWORD_BYTES = 12;
const MAX_PASSWORD_BYTES = 256;

interface PasswordOptions {
  readonly password?: string;
  readonly passwordStdin?: boolean;
}

interface AddOptions extends PasswordOptions {
  readonly x: string;
  readonly timeZone?: string;
  readonly locale?: string;
}

export function addUserCommand(program: Command, line: CommandLine): void {
  const user = program
    .command('user')
    .summary('who may register, and who that is on X')
    .description('A user has a SIP name and password, with which phones register, and an account on X, which is told of missed calls.')
    .addHelpText(
      'after',
      examples([
        ['sipweet user add bob --x bob_example --password secret2', 'a phone can register as bob now'],
        ['sipweet user link bob', 'a code with which bob may command from his account on X'],
        ['sipweet user list', 'everybody'],
        ['sipweet user remove bob', 'gone, and his phone is refused'],
      ]),
    );
  user
    .command('add <sip-user>')
    .description('Adds a user. Neither the SIP name nor the X name may belong to another one. Without a password a random one is made and shown.')
    .requiredOption('--x <x-user>', 'name on X, with or without @')
    .option('--password <password>', 'SIP password; other users of this machine can see it while the command runs')
    .option('--password-stdin', 'read the SIP password from standard input')
    .option('--time-zone <zone>', 'of the times in messages: Europe/Berlin (default: worker.timeZone)')
    .option('--locale <tag>', 'language of the messages: en, de-AT')
    .addHelpText(
      'after',
      examples([
        ['sipweet user add bob --x bob_example --password secret2', ''],
        ['sipweet user add bob --x bob_example --password-stdin < file', 'keeps the password out of the process list'],
        ['sipweet user add bob --x bob_example --time-zone Europe/Berlin', 'with a password that is made up'],
      ]),
    )
    .action((name: string, options: AddOptions) => add(line, name, options));
  user
    .command('password <sip-user>')
    .description('Gives a user a new SIP password; needed for everybody after a change of auth.realm.')
    .option('--password <password>', 'SIP password; other users of this machine can see it while the command runs')
    .option('--password-stdin', 'read the SIP password from standard input')
    .addHelpText('after', examples([['sipweet user password bob', 'a random one, which is shown']]))
    .action((name: string, options: PasswordOptions) => changePassword(line, name, options));
  user
    .command('list')
    .description('Lists all users.')
    .option('--json', 'as JSON')
    .addHelpText('after', examples([['sipweet user list --json', 'for other programs']]))
    .action(({ json = false }: { json?: boolean }) => list(line, json));
  user
    .command('show <sip-user>')
    .description('Shows one user.')
    .option('--json', 'as JSON')
    .addHelpText('after', examples([['sipweet user show bob', 'X account, time zone, realm']]))
    .action((name: string, { json = false }: { json?: boolean }) => show(line, name, json));
  addUserLinkCommands(user, line);
  user
    .command('remove <sip-user>')
    .description('Removes a user with his password and his link. Messages that are on their way are still sent.')
    .addHelpText('after', examples([['sipweet user remove bob', 'both names are free again']]))
    .action((name: string) => remove(line, name));
}

async function add(line: CommandLine, sipUser: string, options: AddOptions): Promise<void> {
  const { x: xUser, timeZone, locale } = options;
  if (!/^@?[A-Za-z0-9_]{1,15}$/.test(xUser)) {
    throw new AppError('usage', `X user "${xUser}": a name on X has 1 to 15 letters, digits and underscores`);
  }
  if (timeZone !== undefined && !isTimeZone(timeZone)) {
    throw new AppError('usage', `There is no time zone "${timeZone}"; one is Europe/Berlin`);
  }
  if (locale !== undefined && !isLanguageTag(locale)) {
    throw new AppError('usage', `"${locale}" is no language tag; one is de-AT`);
  }
  const { password, isRandom } = await choosePassword(options);
  await onUsers(line, async ({ users, subscribers, realm }) => {
    const user = await users.add({
      sipUser,
      xUser,
      ...(timeZone === undefined ? {} : { timeZone }),
      ...(locale === undefined ? {} : { locale }),
    });
    await subscribers.upsert({ username: sipUser, realm, password });
    return `Added ${user.sipUser}, on X @${user.xUser}${isRandom ? `; SIP password: ${password}` : ''}`;
  });
}

async function changePassword(line: CommandLine, sipUser: string, options: PasswordOptions): Promise<void> {
  const { password, isRandom } = await choosePassword(options);
  await onUsers(line, async ({ users, subscribers, realm }) => {
    await users.show(sipUser);
    await subscribers.upsert({ username: sipUser, realm, password });
    return `${sipUser} has a new password${isRandom ? `: ${password}` : ''}`;
  });
}

function list(line: CommandLine, json: boolean): Promise<void> {
  return onUsers(line, async ({ users }) => {
    const all = await users.list();
    if (json) return JSON.stringify(all, undefined, 2);
    if (all.length === 0) return 'There are no users; add one with `sipweet user add`';
    const width = Math.max(...all.map(({ sipUser }) => sipUser.length));
    return all.map((user) => `${user.sipUser.padEnd(width)}  @${user.xUser}${user.linkedAt === undefined ? '' : '  (linked)'}${user.notify ? '' : '  (no messages)'}`).join('\n');
  });
}

function show(line: CommandLine, sipUser: string, json: boolean): Promise<void> {
  return onUsers(line, async ({ users, subscribers, links, realm }) => {
    const user = await users.show(sipUser);
    const hasPassword = (await subscribers.find(sipUser, realm)) !== undefined;
    const link = await links.stateOf(sipUser);
    if (!json) return describe({ user, realm, hasPassword, link });
    const { signedIn = false, codeExpiresAt = null } = link ?? {};
    return JSON.stringify({ ...user, realm, hasPassword, signedIn, linkCodeExpiresAt: codeExpiresAt }, undefined, 2);
  });
}

function describe(parts: { user: User; realm: string; hasPassword: boolean; link: LinkState | undefined }): string {
  const { user, realm, hasPassword, link } = parts;
  const rows: readonly (readonly [string, string])[] = [
    ['SIP user', user.sipUser],
    ['X user', `@${user.xUser}${user.xUserId === undefined ? '' : ` (id ${user.xUserId})`}`],
    ['link', linkWords(user, link)],
    ['login', hasPassword ? `realm ${realm}` : `none in realm ${realm}: set one with \`sipweet user password ${user.sipUser}\``],
    ['messages', user.notify ? 'yes' : 'no'],
    ['time zone', user.timeZone],
    ['locale', user.locale],
    ['added', user.createdAt.toISOString()],
  ];
  return rows.map(([label, value]) => `${label.padEnd(11)}${value}`).join('\n');
}

function linkWords({ sipUser, linkedAt }: User, link: LinkState | undefined): string {
  const open = link?.codeExpiresAt === undefined ? '' : `; a code is open until ${link.codeExpiresAt.toISOString()}`;
  if (linkedAt === undefined) return `none: make one with \`sipweet user link ${sipUser}\`${open}`;
  return `since ${linkedAt.toISOString()}${link?.signedIn === true ? ', by signing in' : ''}${open}`;
}

function remove(line: CommandLine, sipUser: string): Promise<void> {
  return onUsers(line, async ({ users, subscribers, links, realm }) => {
    // Tokens and an open code go with him.
    await links.unlink(sipUser);
    await users.remove(sipUser);
    await subscribers.remove(sipUser, realm);
    return `Removed ${sipUser}`;
  });
}

interface Tables {
  readonly users: UsersTable;
  readonly subscribers: SubscriberTable;
  readonly links: LinksTable;
  readonly realm: string;
}

/** Prints what `work` says when all of it is done; a user without a login, or the other way round, is of no use to anybody. */
async function onUsers(line: CommandLine, work: (tables: Tables) => Promise<string>): Promise<void> {
  const loaded = line.load();
  const { config } = loaded;
  const [{ withDatabase }, { UsersTable }, { SubscriberTable }, { LinksTable }] = await Promise.all([
    import('../database.ts'),
    import('../../db/tables/users.ts'),
    import('../../db/tables/subscriber.ts'),
    import('../../db/tables/links.ts'),
  ]);
  const said = await withDatabase({ config, logger: line.commandLog(loaded) }, (db) =>
    db.transaction((transaction) =>
      work({
        users: new UsersTable(transaction),
        subscribers: new SubscriberTable(transaction),
        links: new LinksTable(transaction),
        realm: realmOf(config),
      }),
    ),
  );
  line.print(said);
}

async function choosePassword({ password, passwordStdin }: PasswordOptions): Promise<{ password: string; isRandom: boolean }> {
  if (password !== undefined && passwordStdin === true) {
    throw new AppError('usage', 'Give the password with --password or with --password-stdin, not with both');
  }
  const given = passwordStdin === true ? await readPassword() : password;
  if (given === '') throw new AppError('usage', 'The password is empty');
  if (given !== undefined && Buffer.byteLength(given) > MAX_PASSWORD_BYTES) {
    throw new AppError('usage', `The password is longer than ${MAX_PASSWORD_BYTES} bytes`);
  }
  return { password: given ?? randomHex(PASSWORD_BYTES), isRandom: given === undefined };
}

/** The first line of standard input. */
async function readPassword(): Promise<string> {
  let text = '';
  process.stdin.setEncoding('utf8');
  for await (const part of process.stdin) {
    text += part as string;
    if (text.includes('\n') || text.length > MAX_PASSWORD_BYTES) break;
  }
  return text.split(/\r?\n/, 1)[0] ?? '';
}

function isLanguageTag(text: string): boolean {
  try {
    new Intl.Locale(text);
    return true;
  } catch {
    return false;
  }
}
