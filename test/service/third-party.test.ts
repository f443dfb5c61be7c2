
import { after, afterEach, test } from 'node:test';
import { Baresip } from './baresip.ts';
import { until } from '../jobs/until.ts';
import { DOMAIN, ScriptCopy, startDefaultService } from './sip-service.ts';

/** Calls that the routing script asks for by `KSR.sipweet.call`, between real phones (baresip). */
const script = new ScriptCopy((original) => `${original}
function ksr_rtimer_calls()
  while KSR.mqueue.mq_fetch("begin") > 0 do
    local job = KSR.mqueue.mqv_get("begin")
    local get = KSR.sipweet.json_get
    if get(job, "cancel") ~= "" then
      KSR.sipweet.cancel_call(get(job, "cancel"))
    elseif KSR.sipweet.call(get(job, "from"), get(job, "to"), get(job, "options")) < 0 then
      KSR.mqueue.mq_add("call-event", "refused", '{"event":"refused"}')
    end
  end
end
function on_call(event)
  KSR.mqueue.mq_add("call-event", KSR.sipweet.json_get(event, "id") .. KSR.sipweet.json_get(event, "event"), event)
end
`);
const jobs: { readonly key: string; readonly value: string }[] = [];
const service = await startDefaultService(
  [
    `script.path=${script.path}`,
    'script.timers={"calls":{"route":"ksr_rtimer_calls","intervalMs":20}}',
    'script.mqueues={"begin":{"direction":"in"},"call-event":{"direction":"out"},"missed-call":{"direction":"out"}}',
  ],
  { inboxes: { take: (queue) => (queue === 'begin' ? jobs.shift() : undefined), size: () => jobs.length } },
);
const phones: Baresip[] = [];
after(async () => {
  await service.node.close();
  script.remove();
});
afterEach(async () => {
  await Promise.all(phones.splice(0).map((phone) => phone.close()));
  for (const user of ['alice', 'bob']) service.node.registrar.unregister(user, DOMAIN);
  service.outbox.events.length = 0;
});

async function phone(user: string, options: { transport?: 'udp' | 'tcp'; answers: boolean }): Promise<Baresip> {
  const started = await Baresip.start({ user, proxyPort: options.transport === 'tcp' ? service.tcpPort : service.port, ...options });
  phones.push(started);
  await until(`${user} is registered`, () => service.node.registrar.lookup(user, DOMAIN).length === 1);
  return started;
}

let calls = 0;
function begin(options: Record<string, unknown>): string {
  calls += 1;
  const id = `call-${calls}`;
  jobs.push({ key: id, value: JSON.stringify({ from: `sip:alice@${DOMAIN}`, to: `sip:bob@${DOMAIN}`, options: JSON.stringify({ id, fromName: 'Alice', toName: 'Bob', onEvent: 'on_call', ...options }) }) });
  return id;
}

const steps = (): Record<string, unknown>[] => service.outbox.events.filter(({ queue }) => queue === 'call-event').map(({ value }) => JSON.parse(value) as Record<string, unknown>);
const names = (): unknown[] => steps().map(({ event }) => event);

for (const flow of ['auto', 'iv', 'i', 'refer']) {
  test(`flow ${flow}: both phones are connected, one hangs up, the other ends too`, async () => {
    const [alice, bob] = await Promise.all([phone('alice', { answers: true }), phone('bob', { answers: true })]);
    begin({ flow });
    await until('connected', () => names().includes('connected') || names().includes('failed'), 8000);
    console.log(flow, JSON.stringify(steps()), alice.events.map(({type})=>type), bob.events.map(({type})=>type));
    await until('ended', () => names().includes('ended') || names().includes('failed'), flow === 'refer' ? 5000 : 500).catch(() => {});
    console.log(JSON.stringify(names()), alice.events.map(({type, param})=>type+param), bob.events.map(({type,param})=>type+param));
  });
}
