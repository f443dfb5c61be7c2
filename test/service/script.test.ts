import assert from 'node:assert/strict';
import { after, afterEach, test } from 'node:test';
import type { SqlConnection, SqlResult } from '../../src/script/ports.ts';
import { until } from '../jobs/until.ts';
import { Phone, headerValue, statusOf } from './phone.ts';
import { DOMAIN, ScriptCopy, replaceOnce, startDefaultService } from './sip-service.ts';

const SLOW_QUERY = 'SELECT 1 AS x';

/** What an operator's script can do to a running service: be changed, break, run wild, wait. */
class SlowDatabase implements SqlConnection {
  readonly asked: string[] = [];
  #answers: ((result: SqlResult) => void)[] = [];

  /** Only what the tests ask is slow: that nobody has set anything on X is known at once. */
  query(text: string): Promise<SqlResult> {
    if (text !== SLOW_QUERY) return Promise.resolve({ columns: ['x'], rows: [], rowCount: 0 });
    this.asked.push(text);
    return new Promise((resolve) => this.#answers.push(resolve));
  }

  answerAll(): void {
    for (const answer of this.#answers.splice(0)) answer({ columns: ['x'], rows: [['1']], rowCount: 1 });
  }
}

/** The default script, in which calls to some users do what the test is about. */
const SPECIAL_USERS = `
  local user = KSR.is_CANCEL() and "" or KSR.kx.gete_ruser()
  if user == "runaway" then
    while true do end
  elseif user == "broken" then
    local nothing = nil
    KSR.info(nothing.field)
  elseif user == "waiting" then
    KSR.sqlops.sql_query("db", "${SLOW_QUERY}", "ra")
    KSR.sl.sl_send_reply(486, "After " .. KSR.pv.gete("$dbr(ra=>[0,0])"))
    KSR.x.exit()
  elseif user == "bob-later" then
    KSR.sqlops.sql_query("db", "${SLOW_QUERY}", "ra")
    KSR.pv.sets("$rU", "bob")
  end
`;
const special = (original: string): string => replaceOnce(original, 'function ksr_request_route()\n  early_checks()\n', `function ksr_request_route()\n  early_checks()\n${SPECIAL_USERS}`);

const script = new ScriptCopy(special);
const database = new SlowDatabase();
const service = await startDefaultService([`script.path=${script.path}`], { sqlConnections: new Map([['db', database]]) });
const alice = await Phone.open(service.port, { user: 'alice' });
const stranger = await Phone.open(service.port, { user: 'eve', domain: 'elsewhere.example' });
const bob = await Phone.open(service.port, { user: 'bob' });
assert.equal(statusOf(await bob.register()), 200);
after(async () => {
  alice.close();
  bob.close();
  stranger.close();
  await service.node.close();
  script.remove();
});
afterEach(async () => {
  script.write(special(script.original));
  await service.node.reload();
  alice.peer.received.length = 0;
  bob.peer.received.length = 0;
  stranger.peer.received.length = 0;
  service.log.lines.length = 0;
  database.answerAll();
  database.asked.length = 0;
  service.outbox.events.length = 0;
});

test('a reload while a phone rings: the call goes on to its end, the next one meets the new script', async () => {
  const call = await alice.call('bob');
  const invite = await bob.ring();
  await call.ringing();
  script.write(replaceOnce(script.original, 'KSR.sl.sl_send_reply(484, "Address Incomplete")', 'KSR.sl.sl_send_reply(484, "New Script")'));
  await service.node.reload();

  bob.reply(invite, 200, 'OK');
  const answer = await call.final();
  assert.equal(statusOf(answer), 200);
  call.inDialog('ACK', answer);
  await bob.receive('ACK');
  const bye = call.inDialog('BYE', answer);
  bob.reply(await bob.receive('BYE'), 200, 'OK');
  assert.equal(statusOf(await bye.response()), 200);

  const next = await alice.request('MESSAGE', { uri: `sip:${DOMAIN}` });
  assert.match(next, /^SIP\/2\.0 484 New Script\r\n/);
});

test('a reload while a phone rings: its failure route is that of the new script', async () => {
  const call = await alice.call('bob');
  const invite = await bob.ring();
  await call.ringing();
  script.write(replaceOnce(special(script.original), 'if status == 486 or status == 600 then return "busy" end', 'if status == 486 then return "declined" end'));
  await service.node.reload();
  bob.reply(invite, 486, 'Busy Here');
  assert.equal(statusOf(await call.final()), 486);
  await alice.fence();
  assert.deepEqual(service.outbox.events.splice(0).map(({ value }) => (JSON.parse(value) as { cause: string }).cause), ['declined']);
});

for (const { rule, broken, says } of [
  { rule: 'a mistake in the syntax', broken: 'function ksr_request_route()\n  if then\nend\n', says: /route\.lua:2: / },
  { rule: 'an error while it is read', broken: 'local x = nil\nx.y = 1\n', says: /route\.lua:2: / },
  { rule: 'a loop without end while it is read', broken: '\n\nwhile true do end\n', says: /route\.lua:3: / },
]) {
  test(`a script with ${rule} is refused with file and line, and the one before goes on serving`, async () => {
    script.write(broken);
    await assert.rejects(service.node.reload(), { code: 'script.load', message: says });
    assert.equal(statusOf(await alice.register()), 200);
  });
}

test('a runaway route: its request gets 500, the log names the line, and the next requests are served', async () => {
  const runaway = await alice.send('MESSAGE', { uri: `sip:runaway@${DOMAIN}` }).final(20_000);
  assert.equal(statusOf(runaway), 500);
  assert.equal(statusOf(await alice.register()), 200);
  const line = service.log.lines.find(({ level }) => level === 'error');
  assert.match(`${line?.message} ${line?.fields.at}`, /route\.lua:\d+/);
  assert.equal(line?.fields.callId, headerValue(runaway, 'Call-ID'));
});

test('an error in a route: its request gets 500, the log names line and Call-ID, traffic goes on', async () => {
  const failed = await alice.send('MESSAGE', { uri: `sip:broken@${DOMAIN}` }).final();
  assert.equal(statusOf(failed), 500);
  assert.equal(statusOf(await alice.register()), 200);
  const line = service.log.lines.find(({ level }) => level === 'error');
  assert.match(`${line?.message}`, /route\.lua:\d+: .*nil/);
  assert.equal(line?.fields.callId, headerValue(failed, 'Call-ID'));
});

test('a route that waits for SQL: other calls are served, retransmissions are absorbed, then it goes on', async () => {
  const waiting = alice.send('INVITE', { uri: `sip:waiting@${DOMAIN}` });
  await until('the database was asked', () => database.asked.length === 1);
  // A whole call of others goes through meanwhile.
  const call = await alice.call('bob');
  bob.reply(await bob.ring(), 486, 'Busy Here');
  assert.equal(statusOf(await call.final()), 486);
  for (let i = 0; i < 3; i += 1) alice.peer.send(waiting.request);
  await alice.fence();
  assert.equal(database.asked.length, 1, 'a retransmission does not run the script again');
  assert.equal(statusOf(await waiting.next((status) => status === 100)), 100, 'the caller hears within 200 ms that somebody is at it');
  database.answerAll();
  const answer = await waiting.final();
  assert.match(answer, /^SIP\/2\.0 486 After 1\r\n/);
  assert.deepEqual(alice.peer.received.filter((text) => text.startsWith('SIP/2.0 486 After')), [], 'one answer');
});

test('a call that is held up by SQL goes on to the phone', async () => {
  const call = stranger.send('INVITE', { uri: `sip:bob-later@${DOMAIN}` });
  await until('the database was asked', () => database.asked.length === 1);
  database.answerAll();
  await bob.refuse(486, 'Busy Here');
  assert.equal(statusOf(await call.final()), 486);
});

test('a caller who gives up while a route waits gets 487, and no phone rings', async () => {
  const call = stranger.send('INVITE', { uri: `sip:bob-later@${DOMAIN}` });
  await until('the database was asked', () => database.asked.length === 1);
  assert.equal(statusOf(await call.cancel()), 200);
  database.answerAll();
  assert.equal(statusOf(await call.final()), 487);
  await bob.fence();
  assert.deepEqual(bob.peer.received, []);
});

test('the script is reloaded while a route waits: the route goes on where it was', async () => {
  const waiting = alice.send('INVITE', { uri: `sip:waiting@${DOMAIN}` });
  await until('the database was asked', () => database.asked.length === 1);
  script.write(script.original);
  await service.node.reload();
  database.answerAll();
  assert.match(await waiting.final(), /^SIP\/2\.0 486 After 1\r\n/);
});
