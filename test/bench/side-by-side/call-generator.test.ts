import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { compiled } from '../../../bench/side-by-side/compile.ts';
import { startService, type Service } from '../../service/sip-service.ts';

const ROUTE = fileURLToPath(new URL('../../../bench/side-by-side/route.lua', import.meta.url));

interface Report {
  readonly ok: number;
  readonly started: number;
  readonly failed: number;
  readonly refused: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly seconds: number;
}

describe('the load generator, on a node with the script of the comparison', () => {
  let service: Service;
  before(async () => {
    service = await startService([`script.path=${ROUTE}`]);
  });
  after(() => service.node.close());

  async function generate(...words: string[]): Promise<Report> {
    const ports = ['--server', String(service.port), '--callee', '0', '--caller', '0'];
    const { stdout } = await promisify(execFile)(compiled('call-generator'), [...ports, ...words]);
    return JSON.parse(stdout) as Report;
  }

  test('a call to somebody who is not registered fails, and is counted as refused', async () => {
    const { ok, failed, refused } = await generate('--calls', '3', '--users', '7', '--give-up', '30');
    assert.deepEqual({ ok, failed, refused }, { ok: 0, failed: 3, refused: 3 });
  });

  test('registers users, calls each of them, and every call ends', async () => {
    // Both on one port, so that the registrations are of the callee who is called.
    const callee = await freePort();
    const registered = await generate('--calls', '20', '--register', '--callee', callee);
    assert.equal(registered.ok, 20);
    assert.equal(service.node.registrar.lookup('user19', '127.0.0.1').length, 1);
    const { ok, started, failed, p50Us, p99Us } = await generate('--calls', '100', '--window', '5', '--users', '20', '--callee', callee);
    assert.deepEqual({ ok, started, failed }, { ok: 100, started: 100, failed: 0 });
    assert.ok(p50Us > 0 && p50Us <= p99Us);
    assert.deepEqual(service.log.lines.filter(({ level }) => level === 'error'), []);
  });
});

async function freePort(): Promise<string> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return String(port);
}
