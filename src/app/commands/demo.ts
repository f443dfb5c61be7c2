import type { Command } from 'commander';
import type { CommandLine } from '../command-line.ts';
import { EXIT_FAILURE } from '../failure.ts';
import { examples } from '../help.ts';
import { followSignals } from '../signals.ts';

export function addDemoCommand(program: Command, line: CommandLine): void {
  program
    .command('demo')
    .summary('play a missed call, its direct message, and the call back')
    .description(
      'Starts the whole service on free ports in a temporary folder, registers two built-in phones, plays a call that nobody answers, waits for the direct message in the sandbox of X, answers it with "call back", lets the two phones talk, and cleans up. Needs nothing and changes nothing; takes some ten seconds. Reads no configuration but --set.',
    )
    .addHelpText(
      'after',
      examples([
        ['sipweet demo', ''],
        ['sipweet demo --set log.level=info', 'with the log of the processes, on standard error'],
      ]),
    )
    .action(() => demo(line));
}

async function demo(line: CommandLine): Promise<void> {
  const { runDemo } = await import('../demo/demo.ts');
  const controller = new AbortController();
  const unfollow = followSignals({
    stop: () => controller.abort(),
    stopNow: () => process.exit(EXIT_FAILURE),
    reload: () => {},
    logCounters: () => {},
  });
  try {
    await runDemo({ line, signal: controller.signal });
  } finally {
    unfollow();
  }
}
