/** The command line as a user has it: a process of its own, with nothing of our environment but its engines and what a test gives. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ENGINE_ENVIRONMENT } from '../engines.ts';

/** The compiled program, when the run of the tests has made it: it starts in a third of the time of its sources. */
export const COMPILED_CLI = 'TEST_CLI';

const SOURCES = ['--import', import.meta.resolve('tsx'), fileURLToPath(new URL('../../src/app/cli.ts', import.meta.url))];
const { [COMPILED_CLI]: compiled } = process.env;
const CLI = compiled === undefined ? SOURCES : [compiled];

/** Far above what anything here takes, for a machine that is busy with other tests. */
const PATIENCE_MS = 60_000;

export interface CliOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs. */
export class CliProcess {
  readonly ended: Promise<Ended>;
  stdout = '';
  stderr = '';
  readonly #child: ChildProcess;
  #listeners: (() => void)[] = [];

  constructor(args: readonly string[], options: CliOptions) {
    this.#child = spawn(process.execPath, [...CLI, ...args], {
      cwd: options.cwd,
      env: { PATH: process.env.PATH ?? '', HOME: options.cwd, ...ENGINE_ENVIRONMENT, ...options.env },
      stdio: 'pipe',
    });
    this.#child.stdin!.end(options.input ?? '');
    this.#child.stdout!.setEncoding('utf8').on('data', (text: string) => this.#read('stdout', text));
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => this.#read('stderr', text));
    this.ended = new Promise((resolve) => {
      this.#child.on('close', (code, signal) => {
        this.#listeners.forEach((listener) => listener());
        resolve({ code, signal, stdout: this.stdout, stderr: this.stderr });
      });
    });
  }

  get pid(): number {
    return this.#child.pid!;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** The match of `pattern` in what was written so far to either stream, from the character at `from` on; waits for it. */
  async said(pattern: RegExp, stream: 'stdout' | 'stderr', from = 0): Promise<RegExpExecArray> {
    const endMs = performance.now() + PATIENCE_MS;
    for (;;) {
      const match = pattern.exec(this[stream].slice(from));
      if (match !== null) return match;
      const over = this.#child.exitCode !== null || this.#child.signalCode !== null || performance.now() > endMs;
      if (over) throw new Error(`${pattern} was not said on ${stream}:\n${this.stdout}\n${this.stderr}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, PATIENCE_MS);
        this.#listeners.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  #read(stream: 'stdout' | 'stderr', text: string): void {
    this[stream] += text;
    this.#listeners.splice(0).forEach((listener) => listener());
  }
}

export function runCli(args: readonly string[], options: CliOptions): Promise<Ended> {
  return new CliProcess(args, options).ended;
}

export interface ProcessInfo {
  readonly pid: number;
  readonly command: string;
}

/** The processes below that one, whatever their depth. */
export async function descendantsOf(pid: number): Promise<readonly ProcessInfo[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,args=']);
  const all = stdout.split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line);
    return match === null ? [] : [{ pid: Number(match[1]), parent: Number(match[2]), command: match[3]! }];
  });
  const below = (parent: number): readonly ProcessInfo[] =>
    all.filter((one) => one.parent === parent).flatMap((one) => [one, ...below(one.pid)]);
  return below(pid);
}

/** The pid of the child that plays a role: its title is `sipweet sip` or `sipweet worker`. */
export async function pidOfRole(parent: number, role: 'sip' | 'worker' | 'console'): Promise<number | undefined> {
  return (await descendantsOf(parent)).find(({ command }) => command === `sipweet ${role}`)?.pid;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
