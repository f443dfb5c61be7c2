/**
 * Side by side: Kamailio with its Lua engine and this service, the same Lua script, the same SIPp
 * load, in one run. A call is INVITE/100/180/200/ACK/BYE/200 through a stateful, record-routing,
 * location-looking-up proxy.
 *
 *   npm run bench:compare -- [--rates 500,1000,2000] [--seconds 6] [--rounds 3] [--only peer|ours]
 *
 * Needs Debian's kamailio, kamailio-lua-modules and sip-tester. CPU is user and system time of the
 * whole process tree, from /proc. Kamailio runs with its fastest allocator (`-x fm`).
 */
import { parseArgs } from 'node:util';
import { load, type Figures } from './load.ts';
import { OURS, PEER, requirePrograms, start, stop } from './server.ts';

const { values: options } = parseArgs({
  options: {
    rates: { type: 'string', default: '500,1000,2000' },
    seconds: { type: 'string', default: '6' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string' },
  },
});

requirePrograms(['sipp', ...(options.only === 'ours' ? [] : ['kamailio'])]);

const rates = options.rates.split(',').map(Number);
const seconds = Number(options.seconds);
const ratios = new Map<number, number[]>();
for (let round = 1; round <= Number(options.rounds); round += 1) {
  const seen = new Map<string, number>();
  for (const server of [PEER, OURS]) {
    if (options.only !== undefined && options.only !== server.name) continue;
    const running = await start(server);
    await load(running, 200, 3); // warm up
    for (const rate of rates) {
      const figures = await load(running, rate, seconds);
      seen.set(`${server.name} ${rate}`, figures.microseconds);
      console.log(line(round, server.name, rate, figures));
    }
    await stop(running);
  }
  for (const rate of rates) {
    const peer = seen.get(`peer ${rate}`);
    const ours = seen.get(`ours ${rate}`);
    if (peer !== undefined && ours !== undefined) ratios.set(rate, [...(ratios.get(rate) ?? []), ours / peer]);
  }
}
for (const [rate, values] of ratios) {
  const sorted = [...values].sort((a, b) => a - b);
  console.log(`ratio ours/peer at ${rate}/s: ${values.map((value) => value.toFixed(2)).join(' ')}  median ${sorted[sorted.length >> 1]!.toFixed(2)}`);
}

function line(round: number, name: string, rate: number, figures: Figures): string {
  return (
    `round ${round}  ${name}  ${String(rate).padStart(6)}/s  calls ${String(figures.calls).padStart(6)}  failed ${String(figures.failed).padStart(5)}` +
    `  cpu ${figures.microseconds.toFixed(1).padStart(7)} us/call  rss ${figures.residentMiB.toFixed(1).padStart(6)} MiB` +
    `  p50 ${figures.p50Ms.toFixed(1)} ms  p99 ${figures.p99Ms.toFixed(1)} ms`
  );
}

