import { InvalidArgumentError, type Command } from 'commander';
import type { ControlClient } from '../../x/emulator/control-client.ts';
import type { InboxMessage } from '../../x/emulator/control/messages.ts';
import { XFailure } from '../../x/port.ts';
import type { CommandLine } from '../command-line.ts';
import { examples } from '../help.ts';
import { printable } from '../printable.ts';
import { addXSwitchCommands } from './x-switch.ts';
import { timelineLines } from './x-timeline.ts';
import { addXWebhookCommand } from './x-webhook.ts';

const DEFAULT_POSTS = 50;

export function addXCommand(program: Command, line: CommandLine): void {
  const x = program
    .command('x')
    .summary('stop X, see what it costs, play the users of its sandbox')
    .description(
      'Stops and resumes all that goes to X and shows what it costs. Writes as anybody in the sandbox of X, which runs with `sipweet start` as long as no keys of X are set, and shows what is there; the sandbox has a page for the same, at the address that `sipweet start` prints.',
    )
    .addHelpText(
      'after',
      examples([
        ['sipweet x post --as bob_example "@sipweet call @alice_example"', 'bob asks for a call, for all to see'],
        ['sipweet x dm --as bob_example "call @alice_example"', 'the same in private'],
        ['sipweet x inbox bob_example --follow', 'what he is told, as it comes'],
        ['sipweet x timeline', 'posts and replies'],
        ['sipweet x users', 'the accounts of the sandbox'],
        ['sipweet x pause', 'nothing goes to X until sipweet x resume'],
      ]),
    );
  addXSwitchCommands(x, line);
  x.command('post <text>')
    .description('Posts as an account of the sandbox; one that does not exist comes to life.')
    .requiredOption('--as <x-user>', 'name on X of who writes, with or without @', handle)
    .option('--reply-to <id>', 'id of the post that this one answers; `sipweet x timeline` shows them')
    .option('--json', 'the post as JSON')
    .addHelpText(
      'after',
      examples([
        ['sipweet x post --as bob_example "@sipweet call @alice_example tomorrow at 17:30"', ''],
        ['sipweet x post --as bob_example --reply-to 1953 "@sipweet cancel"', 'under another post'],
      ]),
    )
    .action((text: string, options: PostOptions) => post(line, text, options));
  x.command('dm <text>')
    .description('Sends a direct message as an account of the sandbox, to the bot unless --to names somebody else.')
    .requiredOption('--as <x-user>', 'name on X of who writes, with or without @', handle)
    .option('--to <x-user>', 'who gets it (default: the bot)', handle)
    .option('--json', 'the message as JSON')
    .addHelpText(
      'after',
      examples([
        ['sipweet x dm --as bob_example "call @alice_example"', 'to the bot'],
        ['sipweet x dm --as bob_example --to alice_example "shall I call you?"', 'to somebody else'],
      ]),
    )
    .action((text: string, options: DmOptions) => dm(line, text, options));
  x.command('inbox <x-user>')
    .description('Shows the direct messages that an account of the sandbox received, the oldest first.')
    .option('--json', 'as JSON; with --follow one object a line')
    .option('--follow', 'go on with what arrives, until Ctrl-C')
    .addHelpText(
      'after',
      examples([
        ['sipweet x inbox @bob_example', 'the X name, with or without @'],
        ['sipweet x inbox bob_example --follow', 'and what comes after it'],
      ]),
    )
    .action((user: string, options: InboxOptions) => inbox(line, user.replace(/^@/, ''), options));
  x.command('timeline')
    .description('Shows the newest posts of the sandbox: threads by their newest post, each with its replies below it.')
    .option('--limit <posts>', 'how many', count, DEFAULT_POSTS)
    .option('--json', 'as JSON, the oldest first')
    .addHelpText('after', examples([['sipweet x timeline --limit 5', 'the last five, with their ids']]))
    .action((options: TimelineOptions) => timeline(line, options));
  x.command('users')
    .description('Shows the accounts of the sandbox. One comes to life when it is first written to.')
    .option('--json', 'as JSON')
    .addHelpText('after', examples([['sipweet x users', 'name, id, and who takes no messages']]))
    .action((options: { json?: boolean }) => users(line, options));
  addXWebhookCommand(x, line);
}

interface PostOptions {
  readonly as: string;
  readonly replyTo?: string;
  readonly json?: boolean;
}

interface DmOptions {
  readonly as: string;
  readonly to?: string;
  readonly json?: boolean;
}

interface InboxOptions {
  readonly json?: boolean;
  readonly follow?: boolean;
}

interface TimelineOptions {
  readonly limit: number;
  readonly json?: boolean;
}

async function post(line: CommandLine, text: string, { as: from, replyTo, json = false }: PostOptions): Promise<void> {
  const posted = await (await sandbox(line)).postAs({ from, text, ...(replyTo === undefined ? {} : { replyToId: replyTo }) });
  line.print(json ? JSON.stringify(posted, undefined, 2) : `Posted as @${posted.author}, id ${posted.id}`);
}

async function dm(line: CommandLine, text: string, { as: from, to, json = false }: DmOptions): Promise<void> {
  const sent = await (await sandbox(line)).sendAs({ from, text, ...(to === undefined ? {} : { to }) });
  line.print(json ? JSON.stringify(sent, undefined, 2) : `Sent to @${sent.to} as @${sent.from}, id ${sent.id}`);
}

async function inbox(line: CommandLine, user: string, { json = false, follow = false }: InboxOptions): Promise<void> {
  const control = await sandbox(line);
  if (follow) return followInbox(line, control, user, json);
  const messages = await control.inbox(user);
  if (json) return line.print(JSON.stringify(messages, undefined, 2));
  if (messages.length === 0) line.remark('No messages');
  for (const message of messages) line.print(messageLine(message));
}

async function followInbox(line: CommandLine, control: ControlClient, user: string, json: boolean): Promise<void> {
  let last = 0n;
  for await (const _ of control.changes()) {
    for (const message of await inboxWhileThere(control, user)) {
      if (BigInt(message.id) <= last) continue;
      last = BigInt(message.id);
      line.print(json ? JSON.stringify(message) : messageLine(message));
    }
  }
  line.remark('The sandbox has ended');
}

/** Empty when the sandbox is gone behind its own last change: the end of the changes follows, and tells it. */
async function inboxWhileThere(control: ControlClient, user: string): Promise<readonly InboxMessage[]> {
  try {
    return await control.inbox(user);
  } catch (thrown) {
    if (thrown instanceof XFailure && thrown.class === 'unavailable') return [];
    throw thrown;
  }
}

function messageLine({ createdAtMs, from, text, encrypted }: InboxMessage): string {
  const shown = encrypted === true ? '(encrypted)' : printable(text).replaceAll('\n', '\n    ');
  return `${new Date(createdAtMs).toISOString()}  @${from}: ${shown}`;
}

async function timeline(line: CommandLine, { limit, json = false }: TimelineOptions): Promise<void> {
  const posts = (await (await sandbox(line)).posts()).slice(-limit);
  if (json) return line.print(JSON.stringify(posts, undefined, 2));
  if (posts.length === 0) line.remark('No posts');
  for (const text of timelineLines(posts)) line.print(text);
}

async function users(line: CommandLine, { json = false }: { json?: boolean }): Promise<void> {
  const all = await (await sandbox(line)).users();
  if (json) return line.print(JSON.stringify(all, undefined, 2));
  for (const { username, id, acceptsDms } of all) line.print(`@${username}  ${id}${acceptsDms ? '' : '  takes no direct messages'}`);
}

/** Reads a handle of the command line. */
function handle(text: string): string {
  const name = text.replace(/^@/, '');
  if (!/^[A-Za-z0-9_]{1,15}$/.test(name)) throw new InvalidArgumentError('A name on X has 1 to 15 letters, digits and underscores.');
  return name;
}

function count(text: string): number {
  if (!/^[1-9][0-9]{0,4}$/.test(text)) throw new InvalidArgumentError('It is a number from 1 to 99999.');
  return Number(text);
}

async function sandbox(line: CommandLine): Promise<ControlClient> {
  const { sandboxControl } = await import('../x-access.ts');
  return sandboxControl(line.load().config);
}
