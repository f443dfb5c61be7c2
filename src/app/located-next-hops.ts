import type { NextHops, NoNextHop } from '../proxy/next-hop.ts';
import type { Location, ServerLocator } from '../sip/resolve/server-locator.ts';
import type { Destination } from '../sip/transport/transport.ts';
import { uriParameter, type Uri } from '../sip/uri/uri.ts';

/**
 * Next hops by RFC 3263: the first server that the locator names. What the next-hop policy refuses
 * is `forbidden`, everything else that leads nowhere is `unresolvable`.
 */
export class LocatedNextHops implements NextHops {
  readonly #locator: ServerLocator;

  constructor(locator: ServerLocator) {
    this.#locator = locator;
  }

  find(uri: Uri): Destination | NoNextHop | Promise<Destination | NoNextHop> {
    if (uri.host === '') return 'unresolvable';
    const location = this.#locator.locate({
      host: uriParameter(uri, 'maddr') ?? uri.host,
      port: uri.port,
      transport: uriParameter(uri, 'transport') ?? '',
      secure: uri.scheme === 'sips',
    });
    return location instanceof Promise ? location.then(firstTarget) : firstTarget(location);
  }
}

function firstTarget({ targets, failure }: Location): Destination | NoNextHop {
  return targets[0] ?? (failure === 'forbidden' ? 'forbidden' : 'unresolvable');
}
