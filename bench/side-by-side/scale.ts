/** Does a call cost the same however many users are registered, and however many dialogs are open? */
import { setTimeout as wait } from 'node:timers/promises';
import { conclude, row, thisMachine, type ResultRow } from '../result.ts';
import { TARGETS } from '../targets.ts';
import { NODE_HELP, NODE_OPTIONS, commandLine, count, nodeSettings, usageError } from './command-line.ts';
import { figuresText } from './figures.ts';
import { generatorLoad } from './generator-load.ts';
import { claimPorts } from './ports.ts';
import { ours, requirePrograms, start, stop, type RunningServer } from './server.ts';

const HELP = `
Measures the CPU of a call, with the node saturated by a closed loop of 40 calls, while the number of its registered
users (who are called in turn) grows, and while the number of dialogs grows that were answered and left open.

  npm run bench:scale -- [options]

  --users 10,1000,100000   registered users
  --dialogs 0,10000,50000  open dialogs, beside the smallest number of users
  --calls 20000            of each round
  --rounds 3               at each size
  --passes 2               with a new node each; the cheapest round of a size counts, as neighbours only make it dearer
${NODE_HELP}
  --json FILE              the result, for docs/performance.md

Example:
  npm run bench:scale -- --users 10,100000 --dialogs 0 --rounds 3

Exit code 1 when a call costs more than the target allows.
`;

const options = commandLine(HELP, { users: '10,1000,100000', dialogs: '0,10000,50000', calls: '20000', rounds: '3', passes: '2', ...NODE_OPTIONS, json: '' });
const userCounts = numbers('users', options.users);
const dialogCounts = numbers('dialogs', options.dialogs);
const calls = count('calls', options.calls);
const rounds = count('rounds', options.rounds);
const passes = count('passes', options.passes);
const WINDOW = 40;
const OPENING_RATE = 2000;
/** 64*T1: what is left of a call then is the dialog alone. */
const TRANSACTIONS_END_MS = 35_000;
/** Rounds without a pause between them leave more transactions to expire than the default allows. */
const settings = [...nodeSettings(options), 'limits.maxTransactions=2000000'];

requirePrograms(['sipp', 'cc', 'taskset']);
await claimPorts();
const machine = thisMachine();
const fewUsers = userCounts[0]!;
const rows = [
  ...(await series('registered users', userCounts, (server, _, users) => register(server, users), (users) => users)),
  ...(await series('open dialogs', dialogCounts, openDialogs, () => fewUsers)),
];
conclude('scale', machine, rows, options.json === '' ? undefined : options.json);

/**
 * One node that grows, measured at each size; then again with a new one. The cheapest round of a size counts.
 */
async function series(
  of: string,
  sizes: readonly number[],
  grow: (server: RunningServer, from: number, to: number) => Promise<void>,
  usersAt: (size: number) => number,
): Promise<readonly ResultRow[]> {
  const cheapest = new Map<number, number>();
  for (let pass = 1; pass <= passes; pass += 1) {
    const server = await start(ours(settings));
    await register(server, fewUsers);
    await generatorLoad(server, { calls: 2 * calls, window: WINDOW, users: fewUsers }); // warm up
    let reached = 0;
    for (const size of sizes) {
      await grow(server, reached, size);
      reached = size;
      for (let round = 1; round <= rounds; round += 1) {
        const figures = await generatorLoad(server, { calls, window: WINDOW, users: usersAt(size) });
        console.log(`pass ${pass}  ${String(size).padStart(6)} ${of}  ${figuresText(figures)}`);
        cheapest.set(size, Math.min(cheapest.get(size) ?? Number.POSITIVE_INFINITY, figures.microseconds));
      }
    }
    await stop(server);
  }
  const [first] = sizes;
  return sizes.flatMap((size) => {
    const cost = row(`${size} ${of}: CPU per call`, cheapest.get(size)!, 'us');
    return size === first ? [cost] : [cost, row(`${size} ${of}, to ${first}: CPU per call`, cheapest.get(size)! / cheapest.get(first!)!, 'ratio', TARGETS.scaleRatio)];
  });
}

async function register(server: RunningServer, users: number): Promise<void> {
  const { failed } = await generatorLoad(server, { calls: users, window: WINDOW, register: true });
  if (failed > 0) throw new Error(`${failed} of ${users} users could not be registered`);
}

async function openDialogs(server: RunningServer, from: number, to: number): Promise<void> {
  if (to === from) return;
  const { failed } = await generatorLoad(server, { calls: to - from, rate: OPENING_RATE, users: fewUsers, hold: true });
  if (failed > 0) throw new Error(`${failed} of ${to - from} dialogs could not be opened`);
  await wait(TRANSACTIONS_END_MS);
}

function numbers(name: string, text: string): readonly number[] {
  const values = text.split(',').map(Number);
  const rising = values.every((value, at) => Number.isInteger(value) && value >= 0 && (at === 0 || value > values[at - 1]!));
  return rising ? values : usageError(`--${name} wants rising numbers: ${text}`);
}
