/**
 * Builds the addon in `native/` when the package is installed, with npm's own node-gyp and the headers beside the Node
 * that runs: nothing is downloaded. Says in one line what came of it and never fails the installation, for without the
 * addon Node's own sockets serve. Plain JavaScript, because this runs before TypeScript is there.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const ADDON = join(import.meta.dirname, '..', 'build', 'Release', 'udp_batch.node');
const LOG = join('build', 'node-gyp.log');
const PREFIX = dirname(dirname(process.execPath));
const { CC = 'cc', CXX = 'g++', npm_config_node_gyp: nodeGyp } = process.env;

/** What keeps the addon from being built; undefined when nothing is known to. */
function obstacle() {
  if (process.platform !== 'linux') return 'this is not Linux';
  if (!existsSync(join(PREFIX, 'include', 'node', 'node_api.h'))) return `the headers of Node are not in ${PREFIX}/include/node`;
  const missing = [CC, CXX, 'make', 'python3'].filter((program) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0);
  if (missing.length > 0) return `${missing.join(', ')} not found`;
  return nodeGyp === undefined ? 'npm does not say where its node-gyp is' : undefined;
}

/** Builds it and loads it. */
function build() {
  const { status, stdout, stderr } = spawnSync(process.execPath, [nodeGyp, 'rebuild', `--nodedir=${PREFIX}`], { encoding: 'utf8' });
  if (status !== 0) {
    mkdirSync('build', { recursive: true });
    writeFileSync(LOG, `${stdout}${stderr}`);
    throw new Error(`node-gyp failed, see ${LOG}`);
  }
  createRequire(import.meta.url)(ADDON);
}

try {
  const reason = obstacle();
  if (reason !== undefined) throw new Error(reason);
  build();
  console.log('UDP in batches: built');
} catch (error) {
  console.log(`UDP in batches: not built, because ${error.message}; Node's own sockets serve`);
}
