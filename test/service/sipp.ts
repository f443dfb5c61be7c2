import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../free-port.ts';
import { until } from '../jobs/until.ts';

const SCENARIOS = new URL('../sipp/', import.meta.url);

/** A test that fails does not wait for the phones that it has started. */
const RUNNING = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of RUNNING) child.kill('SIGKILL');
});

export interface SippOptions {
  /** Name of a file in `test/sipp`, without its ending. */
  readonly scenario: string;
  /** Port of the service on 127.0.0.1. */
  readonly target: number;
  readonly transport?: 'udp' | 'tcp';
  /** Port that SIPp sends from or listens on; any free one. */
  readonly port?: number;
  /** What stands for `{word}` in the scenario, such as the status of a reply, which SIPp takes no variable for. */
  readonly words?: Readonly<Record<string, string | number>>;
  /** What stands for `[key]`. */
  readonly keys?: Readonly<Record<string, string | number>>;
  /** Who answers the challenge. */
  readonly login?: { readonly user: string; readonly password: string };
  /** Calls to make or to take, one after the other. */
  readonly calls?: number;
  readonly deadlineS?: number;
}

/** A SIPp that runs: one scenario for a number of calls, then it ends. */
export class Sipp {
  readonly port: number;
  readonly #options: SippOptions;
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #ended: Promise<{ readonly code: number | null; readonly why: string }>;
  #output = '';

  private constructor(options: SippOptions, port: number) {
    this.#options = options;
    this.port = port;
    this.#folder = mkdtempSync(join(tmpdir(), 'sipweet-sipp-'));
    this.#child = spawn('sipp', this.#arguments(), { stdio: ['ignore', 'pipe', 'pipe'], cwd: this.#folder });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream!.setEncoding('latin1').on('data', (text: string) => {
        this.#output = (this.#output + text).slice(-4000);
      });
    }
    RUNNING.add(this.#child);
    this.#ended = once(this.#child, 'close').then(([code]: unknown[]) => {
      RUNNING.delete(this.#child);
      const errors = join(this.#folder, 'errors.log');
      const why = existsSync(errors) ? readFileSync(errors, 'latin1') : this.#output;
      rmSync(this.#folder, { recursive: true, force: true });
      return { code: code as number | null, why };
    });
  }

  /** Starts SIPp; its socket is open when this resolves. */
  static async start(options: SippOptions): Promise<Sipp> {
    const sipp = new Sipp(options, options.port ?? (await freePort()));
    try {
      await until('SIPp has opened its socket', () => sipp.#child.exitCode !== null || isBound(sipp.port, options.transport ?? 'udp'), 5000);
    } catch (thrown) {
      await sipp.kill();
      throw thrown;
    }
    return sipp;
  }

  /** Runs a scenario to its end. */
  static async run(options: SippOptions): Promise<void> {
    await new Sipp(options, options.port ?? (await freePort())).succeeded();
  }

  /** Resolves when every call went as the scenario says; rejects with what SIPp says went wrong. */
  async succeeded(): Promise<void> {
    const { code, why } = await this.#ended;
    if (code !== 0) throw new Error(`SIPp ${this.#options.scenario} ended with ${code}: ${why.slice(0, 3000)}`);
  }

  /** Ends it, wherever its calls are. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  #arguments(): string[] {
    const { scenario, target, transport = 'udp', words = {}, keys = {}, login, calls = 1, deadlineS = 15 } = this.#options;
    const text = readFileSync(new URL(`${scenario}.xml`, SCENARIOS), 'utf8').replace(/\{(\w+)\}/g, (whole, word: string) => String(words[word] ?? whole));
    writeFileSync(join(this.#folder, 'scenario.xml'), text);
    const credentials = login === undefined ? '' : `[authentication username=${login.user} password=${login.password}]`;
    writeFileSync(join(this.#folder, 'input.csv'), `SEQUENTIAL\n${credentials};\n`);
    return [
      `127.0.0.1:${target}`,
      ...['-sf', 'scenario.xml', '-inf', 'input.csv', '-i', '127.0.0.1', '-p', String(this.port), '-t', transport === 'udp' ? 'u1' : 't1'],
      ...['-m', String(calls), '-l', '1', '-nostdin', '-trace_err', '-error_file', 'errors.log', '-recv_timeout', '8000'],
      ...['-timeout', `${deadlineS}s`, '-timeout_error'],
      ...Object.entries(keys).flatMap(([key, value]) => ['-key', key, String(value)]),
    ];
  }
}

/** Whether a process of this machine has the port: the kernel's table says so without touching the socket. */
export function isBound(port: number, protocol: 'udp' | 'tcp'): boolean {
  const local = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return readFileSync(`/proc/net/${protocol}`, 'latin1').includes(` ${local} `);
}
