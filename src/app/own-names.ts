import type { ServedDomain } from '../config/notations.ts';
import type { OwnNames } from '../script/services.ts';
import { plainHost, type Uri } from '../sip/uri/uri.ts';

const DEFAULT_PORT = 5060;

/** Which hosts and addresses are sockets of ours: `Transports`. */
export interface OwnSockets {
  isOwnHost(host: string): boolean;
  isOwnAddress(host: string, port: number): boolean;
}

/** The names and addresses that are this service: `sip.domains`, and every socket that it listens on. */
export class ServiceNames implements OwnNames {
  readonly #sockets: OwnSockets;
  /** Ports by domain; undefined stands for every port. */
  readonly #domains = new Map<string, Set<number> | undefined>();
  readonly #userHost: () => string;

  /**
   * @param parts.realm       ours as a host too: where there is no domain it stands behind the `@` in what is stored
   * @param parts.socketHost  what phones are shown where there is no domain: `host:port` of a socket
   */
  constructor({ names, realm, sockets, socketHost }: { names: readonly ServedDomain[]; realm: string; sockets: OwnSockets; socketHost: () => string }) {
    this.#sockets = sockets;
    const [first] = names;
    this.#userHost = first === undefined ? socketHost : () => (first.port === undefined ? first.host : `${first.host}:${first.port}`);
    for (const { host, port } of [...names, ...(first === undefined ? [{ host: realm, port: undefined }] : [])]) {
      const name = plainHost(host);
      if (port === undefined) this.#domains.set(name, undefined);
      else if (!this.#domains.has(name)) this.#domains.set(name, new Set([port]));
      else this.#domains.get(name)?.add(port);
    }
  }

  get userHost(): string {
    return this.#userHost();
  }

  isOwnUri(uri: Uri): boolean {
    return uri.host !== '' && this.isOwn(plainHost(uri.host), uri.port === 0 ? DEFAULT_PORT : uri.port);
  }

  isOwn(host: string, port: number): boolean {
    if (this.#domains.has(host)) {
      const ports = this.#domains.get(host);
      if (ports === undefined || port === 0 || ports.has(port)) return true;
    }
    return port === 0 ? this.#sockets.isOwnHost(host) : this.#sockets.isOwnAddress(host, port);
  }
}
