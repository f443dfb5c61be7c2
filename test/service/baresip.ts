import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomHex } from '../../src/base/ids.ts';
import { until } from '../jobs/until.ts';
import { DOMAIN } from './sip-service.ts';
import { freePort } from '../free-port.ts';

/** A test that fails leaves no phone behind. */
const RUNNING = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of RUNNING) child.kill('SIGKILL');
});

/** An event that baresip tells, such as REGISTER_OK, CALL_ESTABLISHED or CALL_CLOSED. */
export interface BaresipEvent {
  readonly type: string;
  readonly param?: string;
}

interface ControlMessage extends Partial<BaresipEvent> {
  readonly event?: boolean;
  readonly response?: boolean;
  readonly ok?: boolean;
  readonly data?: string;
  readonly token?: string;
}

export interface BaresipOptions {
  readonly user: string;
  readonly proxyPort: number;
  readonly transport?: 'udp' | 'tcp';
  readonly answers: boolean;
  /** Folder for WAV files of what it says (`…-enc.wav`) and hears (`…-dec.wav`). */
  readonly recordsTo?: string;
}

/** A baresip without sound card or screen, driven through its control port. */
export class Baresip {
  readonly events: BaresipEvent[] = [];
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #control: Socket;
  readonly #output: () => string;
  #received = Buffer.alloc(0);
  #waiting: (() => void)[] = [];
  readonly #answers = new Map<string, ControlMessage>();

  private constructor(parts: { child: ChildProcess; folder: string; control: Socket; output: () => string }) {
    this.#child = parts.child;
    this.#folder = parts.folder;
    this.#control = parts.control;
    this.#output = parts.output;
    this.#control.on('data', (bytes) => this.#receive(bytes));
    // A phone that ends resets its control connection.
    this.#control.on('error', () => {});
  }

  /**
   * Starts a phone; it registers by itself. Beside the two ports that it is given it takes the one
   * after its SIP port, which may be somebody's: then it ends at once and is started on others.
   */
  static async start(options: BaresipOptions): Promise<Baresip> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await Baresip.#startOnce(options);
      } catch (thrown) {
        if (tries === 5 || !(thrown instanceof Error) || !thrown.message.includes('Address already in use')) throw thrown;
      }
    }
  }

  static async #startOnce(options: BaresipOptions): Promise<Baresip> {
    const [sipPort, controlPort] = [await freePort(), await freePort()];
    const folder = mkdtempSync(join(tmpdir(), 'sipweet-baresip-'));
    writeConfiguration(folder, { ...options, sipPort, controlPort });
    const child = spawn('baresip', ['-f', folder], { stdio: ['ignore', 'pipe', 'pipe'] });
    RUNNING.add(child);
    child.once('exit', () => RUNNING.delete(child));
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('latin1').on('data', (text: string) => (output = (output + text).slice(-4000)));
    try {
      const control = await connected(controlPort, child);
      return new Baresip({ child, folder, control, output: () => output });
    } catch (thrown) {
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
      throw new Error(`baresip does not start: ${output}`, { cause: thrown });
    }
  }

  /** The next event of that type; it is taken out of `events`. */
  async event(type: string, deadlineMs = 8000): Promise<BaresipEvent> {
    return this.#await(`the event ${type}`, deadlineMs, () => {
      const index = this.events.findIndex((event) => event.type === type);
      return index < 0 ? undefined : this.events.splice(index, 1)[0];
    });
  }

  /** Runs a command, such as `dial` or `hangup`. */
  async command(command: string, params = ''): Promise<string> {
    const token = randomHex(4);
    const text = JSON.stringify({ command, params, token });
    this.#control.write(`${Buffer.byteLength(text)}:${text},`);
    const answer = await this.#await(`an answer to ${command}`, 8000, () => this.#answers.get(token));
    if (answer.ok !== true) throw new Error(`baresip refuses ${command} ${params}: ${answer.data}`);
    return answer.data ?? '';
  }

  async close(): Promise<void> {
    this.#control.destroy();
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = once(this.#child, 'exit');
      this.#child.kill('SIGKILL');
      await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #await<T>(what: string, deadlineMs: number, look: () => T | undefined): Promise<T> {
    const signal = AbortSignal.timeout(deadlineMs);
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      await new Promise<void>((resolve, reject) => {
        this.#waiting.push(resolve);
        const late = (): void => reject(new Error(`baresip: not ${what} in ${deadlineMs} ms; events: ${this.events.map(({ type }) => type).join(' ')}; it says: ${this.#output()}`));
        signal.addEventListener('abort', late, { once: true });
      });
    }
  }

  /** Messages are netstrings: length, colon, JSON, comma. */
  #receive(bytes: Buffer): void {
    this.#received = Buffer.concat([this.#received, bytes]);
    for (;;) {
      const colon = this.#received.indexOf(':');
      if (colon < 0) break;
      const length = Number(this.#received.subarray(0, colon).toString());
      if (this.#received.length < colon + 1 + length + 1) break;
      const message = JSON.parse(this.#received.subarray(colon + 1, colon + 1 + length).toString()) as ControlMessage;
      this.#received = this.#received.subarray(colon + length + 2);
      if (message.event === true && message.type !== undefined) this.events.push({ type: message.type, ...(message.param === undefined ? {} : { param: message.param }) });
      if (message.response === true && message.token !== undefined) this.#answers.set(message.token, message);
    }
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

async function connected(port: number, child: ChildProcess): Promise<Socket> {
  let control: Socket | undefined;
  await until('baresip takes commands', async () => {
    if (child.exitCode !== null) throw new Error('it has ended');
    const socket = connect(port, '127.0.0.1');
    const opened = await new Promise<boolean>((resolve) => socket.once('connect', () => resolve(true)).once('error', () => resolve(false)));
    if (opened) control = socket;
    else socket.destroy();
    return opened;
  }, 10_000);
  return control!;
}

/** Debian puts the modules here, below the triplet of the machine in some releases. */
function modulePath(): string {
  const candidates = ['/usr/lib/baresip/modules', ...readdirSync('/usr/lib').map((name) => `/usr/lib/${name}/baresip/modules`)];
  return candidates.find((path) => existsSync(path)) ?? candidates[0]!;
}

function writeConfiguration(folder: string, options: BaresipOptions & { sipPort: number; controlPort: number }): void {
  const { user, proxyPort, transport = 'udp', answers, recordsTo, sipPort, controlPort } = options;
  const tone = join(folder, 'tone.wav');
  writeFileSync(tone, silence(8000, 10));
  const config = [
    `sip_listen 127.0.0.1:${sipPort}`,
    // The name of the interface is refused here, its address is not.
    'net_interface 127.0.0.1',
    'call_local_timeout 60',
    `audio_source aufile,${tone}`,
    'audio_srate 8000',
    'audio_channels 1',
    `module_path ${modulePath()}`,
    'module g711.so',
    'module aufile.so',
    'module_tmp uuid.so',
    'module_tmp account.so',
    'module_app ctrl_tcp.so',
    'module_app menu.so',
    `ctrl_tcp_listen 127.0.0.1:${controlPort}`,
    // What it hears is decoded for a player only; the bridge is one that plays to nobody.
    ...(recordsTo === undefined ? [] : ['module aubridge.so', 'audio_player aubridge,nobody', 'module sndfile.so', `snd_path ${recordsTo}`]),
  ];
  writeFileSync(join(folder, 'config'), `${config.join('\n')}\n`);
  writeFileSync(
    join(folder, 'accounts'),
    `<sip:${user}@${DOMAIN};transport=${transport}>;auth_user=${user};auth_pass=${user}-pw;outbound="sip:127.0.0.1:${proxyPort};transport=${transport}";regint=120;answermode=${answers ? 'auto' : 'manual'};audio_codecs=PCMU/8000/1;ptime=20\n`,
  );
  writeFileSync(join(folder, 'contacts'), '');
  // A line end in this file would go into every Contact, and make each REGISTER malformed.
  writeFileSync(join(folder, 'uuid'), `00000000-0000-4000-8000-${randomHex(6)}`);
}

/** A WAV file of silence, 16 bit mono. */
function silence(rate: number, seconds: number): Buffer {
  const bytes = rate * seconds * 2;
  const file = Buffer.alloc(44 + bytes);
  file.write('RIFF', 0);
  file.writeUInt32LE(36 + bytes, 4);
  file.write('WAVEfmt ', 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(rate, 24);
  file.writeUInt32LE(rate * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36);
  file.writeUInt32LE(bytes, 40);
  return file;
}
