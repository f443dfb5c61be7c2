import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { udpEngine } from '../src/sip/transport/udp.ts';
import { runCli } from './app/cli-process.ts';
import { ENGINE, UDP_ENGINE } from './engines.ts';
import { stage } from './script/vm/stage.ts';
import { startService } from './service/sip-service.ts';

/** What the run was told; the addon is built wherever it is not. */
const { SIPWEET_SCRIPT_ENGINE: script = 'compiled', SIPWEET_SIP_UDP_ENGINE: udp = 'batch' } = process.env;

describe('the engines of a run of the tests are those of everything that it starts', () => {
  test('scripts', () => {
    assert.equal(ENGINE, script);
    assert.equal(stage('').engine.kind, script);
  });

  test('a node in the process of a test', async (t) => {
    const { node, log } = await startService([]);
    t.after(() => node.close());
    assert.deepEqual(log.lines.find(({ message }) => message === 'UDP engine')?.fields, { engine: udp, configured: UDP_ENGINE });
    assert.deepEqual(log.lines.filter(({ message }) => message.startsWith('The script is interpreted')), []);
  });

  test('a process of the service', async () => {
    const { stdout } = await runCli(['config', 'print'], { cwd: '/' });
    assert.equal(/^ {2}engine: (\w+)/m.exec(stdout)?.[1], script);
    assert.equal(udpEngine(/^ {2}udpEngine: (\w+)/m.exec(stdout)?.[1] as typeof UDP_ENGINE), udp);
  });
});
