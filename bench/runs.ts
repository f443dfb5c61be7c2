/** The measurements on the page `docs/performance.md`: the command of each, and what it tells. */
export interface Run {
  /** Of its result: `bench/results/NAME.json`. */
  readonly name: string;
  readonly script: string;
  readonly args: readonly string[];
  readonly title: string;
  readonly about: string;
}

const RATES = ['--rates', '1000,2000,saturated', '--rounds'];

export const RUNS: readonly Run[] = [
  {
    name: 'compare',
    script: 'bench:compare',
    args: [...RATES, '5'],
    title: 'Beside Kamailio',
    about:
      'Kamailio with app_lua and its fastest allocator (`-x fm`), this service with its script compiled and UDP in batches; one after the other in each round. The ratios are medians over the rounds.',
  },
  {
    name: 'compare-dgram',
    script: 'bench:compare',
    args: [...RATES, '3', '--udp', 'dgram'],
    title: 'Without the addon',
    about: 'The same over `node:dgram`, as where the addon for UDP in batches is not built.',
  },
  {
    name: 'compare-interpreter',
    script: 'bench:compare',
    args: ['--rates', '1000,saturated', '--rounds', '3', '--only', 'ours', '--engine', 'interpreter'],
    title: 'Lua interpreted',
    about: 'This service with its script on the interpreter, fengari: what a script costs that the compiler declines.',
  },
  {
    name: 'compare-default-allocator',
    script: 'bench:compare',
    args: ['--rates', '1000,saturated', '--rounds', '3', '--only', 'peer', '--allocator', 'default'],
    title: 'Kamailio as it starts by itself',
    about: 'Kamailio with the allocator that it takes unless told otherwise, the debugging one. It is what most installations run, and not what this page compares with.',
  },
  {
    name: 'generator',
    script: 'bench:compare',
    args: ['--rates', '1000,2000,3000', '--seconds', '10', '--rounds', '3', '--load', 'generator'],
    title: 'From INVITE to 200',
    about: 'Calls from the generator of our own, whose times are finer than those of SIPp, each server on one core. Nothing may fail at 3,000 calls a second either.',
  },
  {
    name: 'floor',
    script: 'bench:compare',
    args: [...RATES, '3', '--only', 'floor'],
    title: 'What no server can save',
    about:
      'A program in C that passes the datagrams of a call on, without reading them, in batches: the part of every call that is the kernel\'s. It is in all figures of this page, so a ratio of two servers cannot get as far below 1 as what they do themselves would have it.',
  },
  {
    name: 'price',
    script: 'bench:price',
    args: ['--rounds', '7'],
    title: 'The price of Lua',
    about: 'The same node, saturated, with the script in Lua and with the same routes in TypeScript.',
  },
  {
    name: 'scale',
    script: 'bench:scale',
    args: [],
    title: 'Many users, many dialogs',
    about: 'CPU of a call while the registered users and the open dialogs grow; the cheapest round of each size.',
  },
  {
    name: 'memory',
    script: 'bench:memory',
    args: [],
    title: 'Memory comes back',
    about: 'Resident memory before and after half a million calls, each time when all transactions have expired.',
  },
  {
    name: 'cold',
    script: 'bench:cold',
    args: [],
    title: 'The first calls of a process',
    about: 'INVITE to 200 in the first two seconds after a process says that it listens.',
  },
  {
    name: 'events',
    script: 'bench:events',
    args: [],
    title: 'From a missed call to its message',
    about: 'The whole service as processes of its own, with the sandbox of X: from the CANCEL on the wire to the request for the direct message on the wire.',
  },
];

export function resultPath(run: Run): string {
  return `bench/results/${run.name}.json`;
}

/** The same run on another machine, kept beside it: what depends on the machine shows. */
export function elsewherePath(run: Run): string {
  return `bench/results/elsewhere/${run.name}.json`;
}

export function commandOf({ script, args }: Run): string {
  return `npm run ${script}${args.length === 0 ? '' : ` -- ${args.join(' ')}`}`;
}
