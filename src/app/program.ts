import { Command } from 'commander';
import type { Clock } from '../base/clock.ts';
import type { Environment } from '../config/setting.ts';
import { CommandLine } from './command-line.ts';
import { addConfigCommand } from './commands/config.ts';
import { addDemoCommand } from './commands/demo.ts';
import { addHealthCommand } from './commands/health.ts';
import { addMigrateCommand } from './commands/migrate.ts';
import { addRoleCommands } from './commands/role.ts';
import { addStartCommand } from './commands/start.ts';
import { addUserCommand } from './commands/user.ts';
import { addXCommand } from './commands/x.ts';
import { examples } from './help.ts';
import { VERSION } from './version.ts';

/** The command line: options that stand before or behind every command, and the commands. */
export function createProgram(parts: { environment: Environment; clock: Clock }): { program: Command; line: CommandLine } {
  const program = new Command('sipweet');
  const line = new CommandLine({ program, ...parts });
  // Commands take these settings over when they are made, so they come first.
  program
    .exitOverride()
    .showHelpAfterError('(--help tells more)')
    .configureHelp({ showGlobalOptions: true, subcommandTerm: (command) => command.name() })
    .description('An event-driven SIP service: a registrar and proxy scripted in Lua, and missed calls as direct messages on X.')
    .version(VERSION, '--version', 'print the version')
    .option('-c, --config <file>', 'configuration in YAML (default: sipweet.yaml, /etc/sipweet/sipweet.yaml)')
    .option('--set <section.option=value>', 'one option; may be given several times', (text, list: string[]) => [...list, text], [])
    .addHelpText(
      'after',
      examples([
        ['sipweet start', 'everything on this machine, with embedded defaults'],
        ['sipweet demo', 'see it work, in ten seconds'],
        ['sipweet user add bob --x bob_example', 'a phone can register as bob'],
        ['sipweet config explain sip.listen', 'what an option means'],
      ]),
    );
  addStartCommand(program, line);
  addRoleCommands(program, line);
  addDemoCommand(program, line);
  addUserCommand(program, line);
  addMigrateCommand(program, line);
  addConfigCommand(program, line);
  addXCommand(program, line);
  addHealthCommand(program, line);
  return { program, line };
}
