import { udpSocketConformance } from './udp-socket.conformance.ts';

udpSocketConformance('dgram');
