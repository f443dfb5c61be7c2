/** A bound UDP socket for one stream. The announcer knows nothing of Node's. */
export interface RtpSocket {
  readonly port: number;
  /** Called for each datagram; set it once, before the first turn of the event loop. */
  onPacket: (packet: Uint8Array, address: string, port: number) => void;
  /** Hands a datagram to the system at once; a failure is nobody's business but a counter's. */
  send(packet: Uint8Array, address: string, port: number): void;
  close(): void;
}

/** Opens sockets on even ports (RFC 3550 §11); undefined when none is free. */
export type OpenRtpSocket = () => Promise<RtpSocket | undefined>;
