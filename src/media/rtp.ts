/** The fixed header of RFC 3550 §5.1: version 2, no padding, no extension, no contributing sources. */
export const RTP_HEADER_BYTES = 12;

const VERSION_2 = 0x80;
const MARKER = 0x80;

export interface RtpHeader {
  readonly payloadType: number;
  /** Begins a talkspurt (RFC 3551 §4.1). */
  readonly marker: boolean;
  readonly sequence: number;
  /** In samples. */
  readonly timestamp: number;
  readonly ssrc: number;
}

export interface RtpPacket extends RtpHeader {
  readonly payload: Uint8Array;
}

/** A packet as it goes out. Sequence and timestamp wrap around as the RFC says. */
export function writeRtp(header: RtpHeader, payload: Uint8Array): Buffer {
  const packet = Buffer.allocUnsafe(RTP_HEADER_BYTES + payload.length);
  packet[0] = VERSION_2;
  packet[1] = header.payloadType | (header.marker ? MARKER : 0);
  packet.writeUInt16BE(header.sequence & 0xffff, 2);
  packet.writeUInt32BE(header.timestamp >>> 0, 4);
  packet.writeUInt32BE(header.ssrc >>> 0, 8);
  packet.set(payload, RTP_HEADER_BYTES);
  return packet;
}

/** A packet that came in; undefined when it is no RTP. An extension and padding are taken off, and bounds are checked. */
export function readRtp(packet: Uint8Array): RtpPacket | undefined {
  if (!isRtp(packet)) return undefined;
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  const first = packet[0]!;
  let start = RTP_HEADER_BYTES + 4 * (first & 0x0f);
  if ((first & 0x10) !== 0) {
    if (start + 4 > packet.length) return undefined;
    start += 4 + 4 * view.getUint16(start + 2);
  }
  const end = packet.length - ((first & 0x20) === 0 ? 0 : packet[packet.length - 1]!);
  if (start > end) return undefined;
  return {
    marker: (packet[1]! & MARKER) !== 0,
    payloadType: packet[1]! & 0x7f,
    sequence: view.getUint16(2),
    timestamp: view.getUint32(4),
    ssrc: view.getUint32(8),
    payload: packet.subarray(start, end),
  };
}

/** Whether a datagram can be RTP. RTCP has its own version of the second byte (RFC 5761 §4) and is none. */
export function isRtp(packet: Uint8Array): boolean {
  if (packet.length < RTP_HEADER_BYTES || (packet[0]! & 0xc0) !== VERSION_2) return false;
  const second = packet[1]!;
  return second < 192 || second > 223;
}
