import type { Command } from 'commander';
import type { AppError } from '../../base/errors.ts';
import { banner } from '../banner.ts';
import { reachableAddress } from '../reachable-address.ts';
import type { CommandLine } from '../command-line.ts';
import { EXIT_FAILURE } from '../failure.ts';
import { examples } from '../help.ts';
import { followSignals } from '../signals.ts';
import type { Supervisor } from '../supervisor.ts';

export function addStartCommand(program: Command, line: CommandLine): void {
  program
    .command('start')
    .summary('run everything on this machine')
    .description(
      'Runs the whole service: a SIP process, a worker and the console for linking accounts, an embedded PostgreSQL when no DATABASE_URL is set, and a sandbox of X when no keys of X are set. Stops at SIGTERM or Ctrl-C, at once at the second; SIGHUP reads the routing script again.',
    )
    .addHelpText(
      'after',
      examples([
        ['sipweet start', 'everything on embedded defaults'],
        ['sipweet start --set sip.listen=udp:0.0.0.0:5070', 'on another port'],
        ['DATABASE_URL=postgres://user:password@db/sipweet sipweet start', 'on your PostgreSQL'],
      ]),
    )
    .action(() => start(line));
}

async function start(line: CommandLine): Promise<void> {
  const loaded = line.load();
  const logger = line.serviceLog(loaded);
  let end: (reason?: AppError) => void = () => {};
  const ended = new Promise<AppError | undefined>((resolve) => {
    end = resolve;
  });
  let supervisor: Supervisor | undefined;
  const unfollow = followSignals({
    stop: () => end(),
    stopNow: () => {
      const killed = supervisor?.stopNow() ?? Promise.resolve();
      void killed.finally(() => process.exit(EXIT_FAILURE));
    },
    reload: () => supervisor?.reloadScript(),
    logCounters: () => supervisor?.logCounters(),
  });
  try {
    if (loaded.config.database.url === undefined) line.remark('Starting; the first time takes some seconds more, for the database ...');
    const service = await import('../supervisor.ts');
    supervisor = await service.Supervisor.start({ loaded, clock: line.clock, logger, log: 'stdout', onGivenUp: end });
    const program = line.programName;
    for (const text of banner({ loaded, view: supervisor.view, program, address: reachableAddress() })) line.remark(text);
    const reason = await ended;
    line.remark('Stopping: calls, then jobs, then the database ...');
    await supervisor.stop();
    if (reason !== undefined) throw reason;
  } finally {
    unfollow();
  }
}
