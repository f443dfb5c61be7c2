/** Which X the messages go to: X itself, an emulator that the operator named, or our own sandbox. */
import { AppError } from '../base/errors.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Config } from '../config/schema.ts';
import type { XKeys } from '../x/client.ts';
import type { OAuth2Client } from '../x/oauth2.ts';
import { ControlClient } from '../x/emulator/control-client.ts';
import { SANDBOX_CLIENT, SANDBOX_KEYS } from '../x/emulator/sandbox-keys.ts';
import { startEmulator } from '../x/emulator/server.ts';

export interface XAccess {
  readonly keys: XKeys;
  /** For signing in with X; `undefined` for X itself without `x.clientId`. */
  readonly client: OAuth2Client | undefined;
  /** Of the sandbox or another emulator; `undefined` for X itself. */
  readonly apiBase: string | undefined;
  /** Of the sandbox, where its inboxes are seen. */
  readonly controlUrl: string | undefined;
  /** Ends the sandbox if it is ours. */
  release(): Promise<void>;
}

const SANDBOX_HOST = '127.0.0.1';
/** X allows 15 messages in 15 minutes. Who tries things out is let through after 15 seconds. */
const SANDBOX_LIMIT_SPEED = 60;

/** The keys of the configuration, which are all there or none (`config/x.ts`). */
export function configuredKeys({ x }: Config): XKeys | undefined {
  const { appKey, appSecret, accessToken, accessSecret } = x;
  if (appKey === undefined || appSecret === undefined || accessToken === undefined || accessSecret === undefined) {
    return undefined;
  }
  return { appKey, appSecret, accessToken, accessSecret };
}

/** The OAuth 2.0 client of the configuration, or that of the sandbox and of emulators when there are no keys of X. */
function clientOf({ x }: Config): OAuth2Client | undefined {
  if (x.clientId !== undefined) return { clientId: x.clientId, clientSecret: x.clientSecret };
  return x.appKey === undefined ? SANDBOX_CLIENT : undefined;
}

/**
 * For the console, which uses a sandbox that somebody else has started: with `sipweet start`, or a worker
 * on this machine.
 */
export function joinX(config: Config): Omit<XAccess, 'release' | 'controlUrl'> {
  const { apiBase, sandboxApiPort } = config.x;
  const keys = configuredKeys(config);
  const isSandbox = keys === undefined && apiBase === undefined;
  return { keys: keys ?? SANDBOX_KEYS, client: clientOf(config), apiBase: isSandbox ? `http://${SANDBOX_HOST}:${sandboxApiPort}` : apiBase };
}

/** Whether messages go to the sandbox of this machine, as far as the configuration says. */
export function usesSandbox(config: Config): boolean {
  return configuredKeys(config) === undefined && config.x.apiBase === undefined;
}

/** Starts the sandbox when the messages are to go there, unless a neighbour on this machine has started it. */
export async function reachX(parts: { config: Config; clock: Clock; logger: Logger }): Promise<XAccess> {
  const { config, clock, logger } = parts;
  const keys = configuredKeys(config);
  const client = clientOf(config);
  const { apiBase, sandboxApiPort: apiPort, sandboxControlPort: controlPort } = config.x;
  if (keys !== undefined || apiBase !== undefined) {
    return { keys: keys ?? SANDBOX_KEYS, client, apiBase, controlUrl: undefined, release: async () => {} };
  }
  try {
    const emulator = await startEmulator({ clock, logger, apiPort, controlPort, host: SANDBOX_HOST, limitSpeed: SANDBOX_LIMIT_SPEED });
    return { keys: SANDBOX_KEYS, client, apiBase: emulator.apiUrl, controlUrl: emulator.controlUrl, release: () => emulator.close() };
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code !== 'listen.in-use') throw thrown;
    const controlUrl = `http://${SANDBOX_HOST}:${controlPort}`;
    if (!(await isSandbox(controlUrl))) {
      const help = 'set x.sandboxApiPort and x.sandboxControlPort, or the keys of X';
      throw new AppError('listen.in-use', `${thrown.message}: ${help}`, { cause: thrown });
    }
    logger.info('A sandbox of X runs on this machine already: it is used', { control: controlUrl });
    return { keys: SANDBOX_KEYS, client, apiBase: `http://${SANDBOX_HOST}:${apiPort}`, controlUrl, release: async () => {} };
  }
}

/** Where the sandbox of the running service is watched. @throws AppError `usage` when there is none to watch */
export function sandboxControl(config: Config): ControlClient {
  const { apiBase, sandboxControlPort } = config.x;
  if (configuredKeys(config) !== undefined && apiBase === undefined) {
    throw new AppError('usage', 'The keys of X are set, so messages go to X itself: there is no sandbox to look into');
  }
  if (sandboxControlPort === 0) {
    throw new AppError('usage', 'x.sandboxControlPort is 0, any free port: give it a number to look into the sandbox');
  }
  return new ControlClient(`http://${SANDBOX_HOST}:${sandboxControlPort}`);
}

async function isSandbox(controlUrl: string): Promise<boolean> {
  try {
    await new ControlClient(controlUrl).users();
    return true;
  } catch {
    return false;
  }
}
