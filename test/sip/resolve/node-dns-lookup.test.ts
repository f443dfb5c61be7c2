import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { NodeDnsLookup } from '../../../src/sip/resolve/node-dns-lookup.ts';

const TYPES: Readonly<Record<number, string>> = { 1: 'A', 28: 'AAAA', 33: 'SRV', 35: 'NAPTR' };
const NAME_ERROR = 3;
const SERVER_FAILURE = 2;

const u16 = (...numbers: number[]) => numbers.flatMap((number) => [number >> 8, number & 255]);
const text = (value: string) => [value.length, ...Buffer.from(value)];
const domain = (name: string) => [...name.split('.').flatMap(text), 0];

/** Answers by `TYPE name`: the data of the records, a code of failure, or (not in the table) no records. */
const ZONE: Readonly<Record<string, number | readonly number[][]>> = {
  'A a.test': [[192, 0, 2, 1], [192, 0, 2, 2]],
  'AAAA a.test': [[0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]],
  'SRV _sip._udp.a.test': [[...u16(10, 20, 5070), ...domain('b.test')]],
  'NAPTR a.test': [[...u16(30, 40), ...text('s'), ...text('SIP+D2U'), ...text(''), ...domain('_sip._udp.a.test')]],
  'A none.test': NAME_ERROR,
  'SRV none.test': NAME_ERROR,
  'NAPTR none.test': NAME_ERROR,
  'A broken.test': SERVER_FAILURE,
};

/** A name server for `ZONE`, as much of RFC 1035 as the answers need. */
const server = createSocket('udp4').on('message', (query, peer) => {
  let end = 12;
  const labels: string[] = [];
  while (query[end] !== 0) {
    labels.push(query.toString('latin1', end + 1, end + 1 + query[end]!));
    end += 1 + query[end]!;
  }
  const question = query.subarray(12, end + 5);
  const found = ZONE[`${TYPES[query.readUInt16BE(end + 1)]} ${labels.join('.').toLowerCase()}`] ?? [];
  const records = typeof found === 'number' ? [] : found;
  const rcode = typeof found === 'number' ? found : 0;
  const answers = records.map((data) => [0xc0, 12, ...question.subarray(-4), 0, 0, ...u16(90), ...u16(data.length), ...data]);
  const header = [query[0]!, query[1]!, 0x81, 0x80 | rcode, ...u16(1, records.length, 0, 0)];
  server.send(Buffer.from([...header, ...question, ...answers.flat()]), peer.port, peer.address);
});
let dns: NodeDnsLookup;

before(async () => {
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
  dns = new NodeDnsLookup({ servers: [`127.0.0.1:${server.address().port}`], timeoutMs: 500, tries: 1 });
});
after(() => server.close());

test('addresses come with their TTL', async () => {
  assert.deepEqual(await dns.addresses('a.test', 4), { records: ['192.0.2.1', '192.0.2.2'], ttlSeconds: 90 });
  assert.deepEqual(await dns.addresses('a.test', 6), { records: ['2001:db8::1'], ttlSeconds: 90 });
});

test('SRV and NAPTR records come as DNS has them', async () => {
  assert.deepEqual((await dns.srv('_sip._udp.a.test')).records, [{ priority: 10, weight: 20, port: 5070, target: 'b.test' }]);
  const [record] = (await dns.naptr('a.test')).records;
  assert.deepEqual({ ...record }, { order: 30, preference: 40, flags: 's', service: 'SIP+D2U', regexp: '', replacement: '_sip._udp.a.test' });
});

test('no such name, and a name without such records, are empty answers', async () => {
  const empty = { records: [], ttlSeconds: undefined };
  assert.deepEqual(await dns.addresses('none.test', 4), empty);
  assert.deepEqual(await dns.srv('none.test'), empty);
  assert.deepEqual(await dns.naptr('none.test'), empty);
  assert.deepEqual(await dns.srv('a.test'), empty);
});

test('a server that fails, or none, is no answer at all', async () => {
  await assert.rejects(dns.addresses('broken.test', 4));
  const silent = createSocket('udp4').bind(0, '127.0.0.1');
  await once(silent, 'listening');
  const nobody = new NodeDnsLookup({ servers: [`127.0.0.1:${silent.address().port}`], timeoutMs: 100, tries: 1 });
  await assert.rejects(nobody.srv('_sip._udp.a.test'));
  silent.close();
});
