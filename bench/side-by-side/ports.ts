/** The UDP ports of a run, which it has to itself from its beginning to its end. */
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

export const SERVER_PORT = 5060;
const CALLEE_PORT = 5070;
const CALLER_PORT = 5080;
const REGISTRATION_PORT = 5090;

/** A name in Linux's abstract namespace: it goes away with the process, however that ends. */
const RUNNING = '\0sipweet-side-by-side';

/**
 * Ends the program with one line when another run is going on, or when somebody else has one of the
 * ports: two runs on one machine would measure each other.
 */
export async function claimPorts(): Promise<void> {
  await new Promise<void>((resolve) => {
    const holder = createServer();
    holder.once('error', () => refuse('Another measurement runs on this machine, on the same ports; start this one when it has ended'));
    holder.listen(RUNNING, resolve).unref();
  });
  for (const port of [SERVER_PORT, CALLEE_PORT, CALLER_PORT, REGISTRATION_PORT]) {
    if (!(await isUdpPortFree(port))) refuse(`udp:127.0.0.1:${port} is taken by another program; end it first (ss -lunp shows it)`);
  }
}

/** Waits until nobody listens on the server's port. */
export async function serverPortFree(): Promise<void> {
  for (let tries = 0; tries < 50; tries += 1) {
    if (await isUdpPortFree(SERVER_PORT)) return;
    await wait(100);
  }
  refuse(`udp:127.0.0.1:${SERVER_PORT} is still taken 5 s after the server has ended`);
}

/** Whether nobody has it on 127.0.0.1. */
export function isUdpPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => resolve(false));
    socket.bind({ port, address: '127.0.0.1', exclusive: true }, () => socket.close(() => resolve(true)));
  });
}

function refuse(message: string): never {
  console.error(message);
  process.exit(2);
}
