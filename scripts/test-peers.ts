import { spawnSync } from 'node:child_process';

/** Programs that the tests run against, by the Debian package that has each. */
const PEERS: Readonly<Record<string, string>> = {
  sipp: 'sip-tester',
  kamailio: 'kamailio',
  'redis-server': 'redis-server',
  baresip: 'baresip-core',
};

/** Packages without a program of their own. */
const MORE_PACKAGES = ['kamailio-lua-modules'];

/**
 * Makes sure that every program the tests run against is there: installed by `apt-get` when this
 * runs as root, asked for in one line otherwise. A missing program is never a skipped test.
 *
 * @returns false when something is missing and could not be installed
 */
export function installTestPeers(): boolean {
  const packages = missingPackages();
  if (packages.length === 0) return true;
  const command = `apt-get install -y --no-install-recommends ${[...packages, ...MORE_PACKAGES].join(' ')}`;
  if (process.getuid?.() !== 0 || !isThere('apt-get')) {
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

function missingPackages(): string[] {
  return Object.entries(PEERS)
    .filter(([program]) => !isThere(program))
    .map(([, name]) => name);
}

function isThere(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`], { env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` } }).status === 0;
}
