import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { isUdpPortFree } from '../bench/side-by-side/ports.ts';

/** A port of 127.0.0.1 that was free a moment ago, for TCP and for UDP: what is free for one may be taken for the other. */
export async function freePort(): Promise<number> {
  for (;;) {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const isFree = await isUdpPortFree(port);
    server.close();
    await once(server, 'close');
    if (isFree) return port;
  }
}
