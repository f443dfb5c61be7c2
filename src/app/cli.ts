#!/usr/bin/env node
/** The command `sipweet`: runs one command and turns its end into an exit code. */
import { CommanderError } from 'commander';
import { SystemClock } from '../base/system-clock.ts';
import { EXIT_FAILURE, EXIT_USAGE, exitCodeOf, failureText, isExpected, stackOf } from './failure.ts';
import { createProgram } from './program.ts';

const { program, line } = createProgram({ environment: process.env, clock: new SystemClock() });

// A reader that has seen enough (`sipweet config print | head`) is no failure.
process.stdout.on('error', () => process.exit(0));
// A terminal that was closed takes no more words, which must not keep us from stopping in order.
process.stderr.on('error', () => {});
process.on('uncaughtException', (thrown) => void end(thrown));
process.on('unhandledRejection', (thrown) => void end(thrown));

try {
  await program.parseAsync();
  await line.close();
} catch (thrown) {
  await end(thrown);
}

async function end(thrown: unknown): Promise<void> {
  if (thrown instanceof CommanderError) {
    // Commander has said what is wrong already, or printed the help that was asked for.
    process.exitCode = thrown.exitCode === 0 ? 0 : EXIT_USAGE;
    return;
  }
  if (isExpected(thrown)) line.logger?.debug(stackOf(thrown));
  else line.logger?.error('Unexpected failure', { stack: stackOf(thrown) });
  line.remark(failureText(thrown));
  await line.close();
  process.exit(isExpected(thrown) ? exitCodeOf(thrown) : EXIT_FAILURE);
}
