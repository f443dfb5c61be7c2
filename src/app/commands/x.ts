import type { Command } from 'commander';
import type { ControlClient } from '../../x/emulator/control-client.ts';
import type { CommandLine } from '../command-line.ts';
import { examples } from '../help.ts';
import { addXSwitchCommands } from './x-switch.ts';

export function addXCommand(program: Command, line: CommandLine): void {
  const x = program
    .command('x')
    .summary('stop X, see what it costs, look into its sandbox')
    .description('Stops and resumes all that goes to X and shows what it costs; shows what the sandbox of X has, which runs with `sipweet start` as long as no keys of X are set.')
    .addHelpText(
      'after',
      examples([
        ['sipweet x inbox bob_example', 'the direct messages that the account received'],
        ['sipweet x users', 'the accounts of the sandbox'],
        ['sipweet x pause', 'nothing goes to X until sipweet x resume'],
      ]),
    );
  addXSwitchCommands(x, line);
  x.command('inbox <user>')
    .description('Shows the direct messages that an account of the sandbox received, the oldest first.')
    .addHelpText('after', examples([['sipweet x inbox @bob_example', 'the X name, with or without @']]))
    .action(async (user: string) => {
      const messages = await (await sandbox(line)).inbox(user.replace(/^@/, ''));
      if (messages.length === 0) line.remark('No messages');
      for (const { createdAtMs, from, text } of messages) {
        line.print(`${new Date(createdAtMs).toISOString()}  @${from}: ${text.replaceAll('\n', '\n    ')}`);
      }
    });
  x.command('users')
    .description('Shows the accounts of the sandbox. One comes to life when it is first written to.')
    .addHelpText('after', examples([['sipweet x users', 'name, id, and who takes no messages']]))
    .action(async () => {
      for (const { username, id, acceptsDms } of await (await sandbox(line)).users()) {
        line.print(`@${username}  ${id}${acceptsDms ? '' : '  takes no direct messages'}`);
      }
    });
}

async function sandbox(line: CommandLine): Promise<ControlClient> {
  const { sandboxControl } = await import('../x-access.ts');
  return sandboxControl(line.load().config);
}
