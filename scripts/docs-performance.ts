import { existsSync } from 'node:fs';
import { isMissed, readResult, type Machine, type Result, type ResultRow } from '../bench/result.ts';
import { RUNS, commandOf, elsewherePath, resultPath, type Run } from '../bench/runs.ts';
import { page, table } from './markdown.ts';

/** The page `docs/performance.md`, from the results that are committed. */
export function performancePage(): string {
  const results = RUNS.map((run) => ({ run, result: resultAt(resultPath(run)) }));
  return page([
    '# Performance',
    'This page is made from the result files in `bench/results/` by `npm run docs`; do not edit it. `npm run bench:report` takes all measurements anew, and one by its name.',
    [
      'A call is INVITE/100/180/200/ACK/BYE/200 through a stateful, record-routing proxy that looks up the callee: six messages in,',
      'seven out, ten callbacks of the script. Kamailio and this service run the same script, `bench/side-by-side/route.lua`. CPU is user',
      'and system time of the whole process tree of the server, from `/proc`, divided by the calls that succeeded. "Saturated" is a',
      'closed loop of 40 calls, the server on one core and the load generator on another; other rates are paced, by SIPp unless said otherwise.',
    ].join('\n'),
    '## How to read it',
    [
      '- Only figures of one run on one machine can be compared, so what counts are the ratios.',
      '- The machine decides more than anything else, and what a system call takes on it, it seems, most of all: with it the cost of every',
      '  datagram and every change of process grows, for a server that reads and sends one at a time more than for one that does so in',
      '  batches. It is given with each run that noted it. "Elsewhere" is the same measurement on another machine. Measure on your own.',
      '- All traffic is on loopback: a third to a half of a call is the kernel moving its 13 datagrams, for both servers alike. What',
      '  that costs by itself is measured too: see "What no server can save".',
      '- Where the machine is shared, single figures waver by 15 % and more, percentiles at light load by far more. The load average of',
      '  each run is given: above the number of cores, somebody else was at work.',
      '- At light load a call costs every server more than when it is saturated: it wakes up for each datagram, with cold caches.',
      '- This service does on one thread what Kamailio does here with two processes; pinned to one core, both have the same.',
    ].join('\n'),
    '## At a glance',
    elsewhereText(),
    glance(results.flatMap(({ run, result }) => (result === undefined ? [] : [{ run, result }]))),
    ...results.flatMap(({ run, result }) => section(run, result)),
  ]);
}

function resultAt(path: string): Result | undefined {
  return existsSync(path) ? readResult(path) : undefined;
}

function elsewhereText(): string {
  const [first] = RUNS.flatMap((run) => resultAt(elsewherePath(run)) ?? []);
  return first === undefined ? 'Nothing was measured elsewhere yet.' : `Elsewhere: ${first.date.slice(0, 10)}, ${machineText(first.machine)}.`;
}

/** Every figure that has a target. */
function glance(results: readonly { readonly run: Run; readonly result: Result }[]): string {
  const rows = results.flatMap(({ run, result }) => {
    const elsewhere = resultAt(elsewherePath(run))?.rows ?? [];
    return result.rows
      .filter(({ target }) => target !== null)
      .map((each) => [run.title, ...cells(each), elsewhereCell(elsewhere.find(({ what }) => what === each.what))]);
  });
  return table(['measurement', 'figure', 'measured', 'target', '', 'elsewhere'], rows);
}

function elsewhereCell(each: ResultRow | undefined): string {
  return each === undefined ? '' : `${measuredText(each)}, ${verdict(each)}`;
}

function section(run: Run, result: Result | undefined): readonly string[] {
  const head = [`## ${run.title}`, run.about];
  if (result === undefined) return [...head, `\`${commandOf(run)}\`: not measured yet.`];
  return [...head, `\`${result.command ?? commandOf(run)}\``, `${result.date.slice(0, 10)}, ${machineText(result.machine)}.`, table(['figure', 'measured', 'target', ''], result.rows.map(cells))];
}

function cells(each: ResultRow): readonly string[] {
  const { what, target, relation } = each;
  return [what, measuredText(each), target === null ? '' : `${relation ?? '<='} ${target}`, target === null ? '' : verdict(each)];
}

function measuredText({ value, unit }: ResultRow): string {
  return value === -1 ? 'no figure' : unit === 'ratio' ? String(value) : `${value} ${unit}`;
}

function verdict(each: ResultRow): string {
  return isMissed(each) ? '**missed**' : 'met';
}

function machineText(machine: Machine): string {
  const { cpu, cores, memoryGiB, kernel, node, kamailio, systemCallNs, loadAverage } = machine;
  return [
    cpu,
    `${cores} cores`,
    ...(memoryGiB === undefined ? [] : [`${memoryGiB} GiB`]),
    ...(kernel === undefined ? [] : [`Linux ${kernel}`]),
    `Node ${node.replace(/^v/, '')}`,
    ...(kamailio === undefined ? [] : [`Kamailio ${kamailio}`]),
    ...(systemCallNs === undefined ? [] : [`a system call takes ${systemCallNs} ns`]),
    ...(loadAverage === undefined ? [] : [`load average ${loadAverage} at the start`]),
  ].join(', ');
}
