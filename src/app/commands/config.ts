import type { Command } from 'commander';
import { explainOption, printConfig } from '../../config/print.ts';
import type { CommandLine } from '../command-line.ts';
import { examples } from '../help.ts';

export function addConfigCommand(program: Command, line: CommandLine): void {
  const config = program
    .command('config')
    .summary('look at the configuration')
    .description('Checks, shows and explains the configuration: defaults, file, environment and --set, the later one wins.')
    .addHelpText(
      'after',
      examples([
        ['sipweet config check', 'every mistake at once, with its place'],
        ['sipweet config print', 'what holds and where it comes from, without secrets'],
        ['sipweet config explain sip.listen', 'one option: meaning, default, names'],
      ]),
    );
  config
    .command('check')
    .description('Finds every mistake in the configuration; exit code 2 when there is one.')
    .addHelpText('after', examples([['sipweet config check -c new.yaml', 'before it replaces the old one']]))
    .action(() => {
      const { file } = line.load();
      line.print(file === undefined ? 'The configuration is valid (there is no file)' : `The configuration is valid: ${file}`);
    });
  config
    .command('print')
    .description('Prints the whole configuration as YAML, each value that is not the default with its source; secrets are redacted.')
    .addHelpText('after', examples([['sipweet config print | grep from', 'only what somebody has set']]))
    .action(() => line.print(printConfig(line.load(), { redact: true }).trimEnd()));
  config
    .command('explain <option>')
    .description('Tells what an option means, what it may be, and how it is set.')
    .addHelpText('after', examples([['sipweet config explain limits.maxTransactions', 'by its path']]))
    .action((path: string) => line.print(explainOption(path, line.load())));
}
