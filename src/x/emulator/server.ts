import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError, errorText } from '../../base/errors.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { XKeys } from '../client.ts';
import { ApiServer } from './api-server.ts';
import { ControlServer } from './control-server.ts';
import type { OAuth2Client } from './oauth2/client.ts';
import { DOCUMENTED_LIMITS, type RateLimitTable } from './rate-limits.ts';
import { SANDBOX_CLIENT, SANDBOX_KEYS } from './sandbox-keys.ts';
import { Sandbox } from './sandbox.ts';

export interface EmulatorOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Port of the API; 0 takes a free one. */
  readonly apiPort: number;
  /** Port of the control API and its page; 0 takes a free one. */
  readonly controlPort: number;
  /** Address to listen on; default 127.0.0.1. Both ports are without TLS, and the control port is without login. */
  readonly host?: string;
  /** The keys that the API accepts; default `SANDBOX_KEYS`. */
  readonly keys?: XKeys;
  /** The same app for OAuth 2.0; default `SANDBOX_CLIENT`. */
  readonly oauth2Client?: OAuth2Client;
  /** Handle of the account that the keys belong to; default `sipweet`. */
  readonly botUsername?: string;
  /**
   * Whether an account comes to life when its handle or id is first asked for; default true, so that
   * `sipweet user add bob --x bob_example` works at once. False is what X does: not found.
   */
  readonly autoCreateUsers?: boolean;
  /** Whether the rate limits hold from the start; default true. */
  readonly limitsEnabled?: boolean;
  /** The limits; default the documented ones. */
  readonly limits?: RateLimitTable;
  /** Divides the length of every rate-limit window; default 1. */
  readonly limitSpeed?: number;
  /** Webhooks that the app may have; default 1, as X gives. */
  readonly maxWebhooks?: number;
}

export interface Emulator {
  /** `http://host:port` of the API, fit for `apiBase` of `XClient`. */
  readonly apiUrl: string;
  /** `http://host:port` of the control API, fit for `ControlClient` and a browser. */
  readonly controlUrl: string;
  /** Stops listening and cuts every connection, the hanging ones too. */
  close(): Promise<void>;
}

/** Listens and returns the URL; `listen.in-use` or `listen.failed` otherwise. */
async function listen(server: Server, host: string, port: number): Promise<string> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } catch (thrown) {
    const inUse = (thrown as NodeJS.ErrnoException).code === 'EADDRINUSE';
    const text = inUse ? `Port ${port} of ${host} is in use; the X sandbox needs it` : `The X sandbox cannot listen: ${errorText(thrown)}`;
    throw new AppError(inUse ? 'listen.in-use' : 'listen.failed', text, { cause: thrown });
  }
  const address = server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/**
 * Starts the X sandbox: the part of X's API that sipweet uses, with its signatures, limits and error
 * bodies, and a control port to play its users and to make it fail. Everything is in memory.
 */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const { clock, logger, apiPort, controlPort, host = '127.0.0.1' } = options;
  const sandbox = new Sandbox({
    clock,
    logger,
    keys: options.keys ?? SANDBOX_KEYS,
    oauth2Client: options.oauth2Client ?? SANDBOX_CLIENT,
    botUsername: options.botUsername ?? 'sipweet',
    autoCreateUsers: options.autoCreateUsers ?? true,
    limitsEnabled: options.limitsEnabled ?? true,
    limits: options.limits ?? DOCUMENTED_LIMITS,
    limitSpeed: options.limitSpeed ?? 1,
    maxWebhooks: options.maxWebhooks ?? 1,
  });
  const api = new ApiServer(sandbox);
  const control = new ControlServer(sandbox);

  const apiUrl = await listen(api.server, host, apiPort);
  try {
    const controlUrl = await listen(control.server, host, controlPort);
    return {
      apiUrl,
      controlUrl,
      async close() {
        sandbox.close();
        await Promise.all([close(api.server), close(control.server)]);
      },
    };
  } catch (thrown) {
    await close(api.server);
    throw thrown;
  }
}
