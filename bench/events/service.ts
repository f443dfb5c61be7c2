/** The whole service as `sipweet start` runs it, from the built package, in a folder of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { silentLogger } from '../../src/base/logger.ts';
import { startEmbedded } from '../../src/db/embedded.ts';
import { ControlClient } from '../../src/x/emulator/control-client.ts';
import { until } from '../../test/jobs/until.ts';

const CLI = fileURLToPath(new URL('../../dist/app/cli.js', import.meta.url));
const START_MS = 90_000;
const STOP_MS = 60_000;
export const DOMAIN = 'example.com';

/** Ports are any free ones; all else is the default. */
const BASIC = ['sip.listen=udp:127.0.0.1:0', `sip.domains=${DOMAIN}`, 'x.sandboxApiPort=0', 'x.sandboxControlPort=0', 'console.port=0'];

export interface ServiceOptions {
  /** Its data stand here, also when it has ended. */
  readonly folder: string;
  readonly redisUrl: string | undefined;
  readonly set: readonly string[];
  readonly profile: string | undefined;
}

export class Service {
  readonly pid: number;
  readonly sipPort: number;
  readonly sandbox: ControlClient;
  readonly databaseUrl: string;
  readonly #child: ChildProcess;
  readonly #logPath: string;

  private constructor(parts: { child: ChildProcess; logPath: string; sipPort: number; sandbox: ControlClient; databaseUrl: string }) {
    this.#child = parts.child;
    this.#logPath = parts.logPath;
    this.pid = parts.child.pid!;
    this.sipPort = parts.sipPort;
    this.sandbox = parts.sandbox;
    this.databaseUrl = parts.databaseUrl;
  }

  /** Starts it, with the rate limits of X switched off in the sandbox. */
  static async start({ folder, redisUrl, set, profile }: ServiceOptions): Promise<Service> {
    const [logPath, bannerPath] = [join(folder, 'service.log'), join(folder, 'banner.txt')];
    const [log, banner] = [openSync(logPath, 'a'), openSync(bannerPath, 'w')];
    // Its processes inherit what Node is told here.
    const flags = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
    const child = spawn(process.execPath, [...flags, CLI, 'start', ...[...BASIC, ...set].flatMap((one) => ['--set', one])], {
      cwd: folder,
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: folder,
        ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl }),
      },
      stdio: ['ignore', log, banner],
    });
    closeSync(log);
    closeSync(banner);
    const said = (): string => readFileSync(bannerPath, 'utf8');
    await until('the service runs', () => child.exitCode !== null || said().includes('Ctrl-C stops'), START_MS);
    const sipPort = Number(/SIP +udp:127\.0\.0\.1:(\d+)/.exec(said())?.[1]);
    const controlUrl = /its inboxes: (http:\S+)/.exec(said())?.[1];
    if (child.exitCode !== null || controlUrl === undefined) throw new Error(`The service does not start:\n${said()}`);
    const sandbox = new ControlClient(controlUrl);
    await sandbox.setLimits(false);
    const { url: databaseUrl } = await startEmbedded({ folder: join(folder, '.sipweet', 'postgres'), logger: silentLogger });
    return new Service({ child, logPath, sipPort, sandbox, databaseUrl });
  }

  /** The SIP process reads again who is trusted. */
  reload(): void {
    this.#child.kill('SIGHUP');
  }

  /** Its warnings and errors so far, each text with how often it came; numbers in them do not make them differ. */
  complaints(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const line of readFileSync(this.#logPath, 'utf8').split('\n')) {
      if (!/"level":"(warn|error)"/.test(line)) continue;
      const { message, reason } = JSON.parse(line) as { message: string; reason?: string };
      const text = (reason === undefined ? message : `${message}: ${reason}`).replaceAll(/\d+/g, 'N');
      counts.set(text, (counts.get(text) ?? 0) + 1);
    }
    return counts;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGINT'), STOP_MS);
    await ended;
    clearTimeout(timer);
  }
}
