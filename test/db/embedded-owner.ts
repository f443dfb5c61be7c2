/** A process that starts the embedded database of a folder, for tests to kill: prints one line of JSON and waits. */
import { silentLogger } from '../../src/base/logger.ts';
import { startEmbedded } from '../../src/db/embedded.ts';

const { url, owned } = await startEmbedded({ folder: process.argv[2]!, logger: silentLogger, durable: false });
console.log(JSON.stringify({ url, owned }));
process.stdin.resume();
