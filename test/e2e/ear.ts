import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { readRtp, type RtpPacket } from '../../src/media/rtp.ts';

/** Where a phone listens: it keeps every RTP packet that it gets. */
export interface Ear {
  readonly heard: readonly RtpPacket[];
  /** What the phone answers an offer of audio with: G.711 A-law, to this ear. */
  readonly description: string;
}

/** Open until the test has ended. */
export async function openEar(t: TestContext): Promise<Ear> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  t.after(() => socket.close());
  const heard: RtpPacket[] = [];
  socket.on('message', (bytes) => {
    const packet = readRtp(bytes);
    if (packet !== undefined) heard.push(packet);
  });
  const description = `v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio ${socket.address().port} RTP/AVP 8\r\n`;
  return { heard, description };
}
