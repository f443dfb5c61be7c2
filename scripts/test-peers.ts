import { spawnSync } from 'node:child_process';
import { hasUdpAddon } from '../src/sip/transport/udp-addon.ts';

/** Debian packages that the tests run against, each with the question to the shell whether it is there. */
const PEERS: Readonly<Record<string, string>> = {
  'sip-tester': 'command -v sipp',
  kamailio: 'command -v kamailio',
  'kamailio-lua-modules': 'ls /usr/lib*/kamailio/modules/app_lua.so /usr/lib/*/kamailio/modules/app_lua.so 2>/dev/null | grep -q .',
  'redis-server': 'command -v redis-server',
  'baresip-core': 'command -v baresip',
  chromium: 'command -v chromium',
  // For the addon.
  'build-essential': 'command -v make && command -v cc && command -v g++',
  python3: 'command -v python3',
};

/**
 * Makes sure that every program the tests run against is there: installed by `apt-get` when this
 * runs as root, asked for in one line otherwise. A missing program is never a skipped test.
 *
 * @returns false when something is missing and could not be installed
 */
export function installTestPeers(): boolean {
  const packages = missingPackages();
  if (packages.length === 0) return true;
  const command = `apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  if (process.getuid?.() !== 0 || !isTrue('command -v apt-get')) {
    console.error(`The tests need programs that are not installed here. Install them first: sudo ${command}`);
    return false;
  }
  console.log(`Installing what the tests run against: ${packages.join(' ')}`);
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // A package that starts a server of its own at once would take the ports of the tests.
  for (const step of ['apt-get update -qq', `RUNLEVEL=1 ${command} -qq`]) {
    const { status } = spawnSync('sh', ['-c', step], { stdio: ['ignore', 'ignore', 'inherit'], env: environment });
    if (status !== 0) {
      console.error(`This failed: ${step}`);
      return false;
    }
  }
  return missingPackages().length === 0;
}

/**
 * Builds the addon if that has not been done: where there was no compiler when this package was installed. Its tests
 * fail without it.
 *
 * @returns false when it cannot be built
 */
export function buildAddon(): boolean {
  if (hasUdpAddon()) return true;
  spawnSync('npm', ['run', '--silent', 'build:native'], { stdio: 'inherit' });
  return hasUdpAddon();
}

function missingPackages(): string[] {
  return Object.entries(PEERS)
    .filter(([, question]) => !isTrue(question))
    .map(([name]) => name);
}

function isTrue(question: string): boolean {
  return spawnSync('sh', ['-c', question], { env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` } }).status === 0;
}
