/** What an operator is told when SIP cannot listen, and that he is told early. */
import { Counters } from '../base/counters.ts';
import type { Clock } from '../base/clock.ts';
import { AppError, type ErrorCode } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { ListenAddress } from '../config/notations.ts';
import type { TransportReceiver } from '../sip/transport/transport.ts';
import { Transports } from '../sip/transport/transports.ts';
import type { UdpOptions } from '../sip/transport/udp-socket.ts';

const NOBODY: TransportReceiver = {
  onMessage() {},
  onBatchEnd() {},
  onFramingError() {},
  onKeepalive() {},
  onConnectionClosed() {},
  onSendError() {},
};

const CURE: Readonly<Partial<Record<ErrorCode, string>>> = {
  'listen.in-use': 'end that program, or name other addresses in sip.listen (--set sip.listen=udp:0.0.0.0:5070,tcp:0.0.0.0:5070)',
  'listen.engine': 'or set sip.udpEngine to auto',
};

/**
 * Tries the addresses of SIP before anything slow is started. The usual reason for a taken one is a
 * second `sipweet start`, which would otherwise first wait for the data folder of the first.
 *
 * @throws AppError `listen.in-use`, `listen.failed` or `listen.engine`, naming the address and the option
 */
export async function checkListenAddresses(
  addresses: readonly ListenAddress[],
  { clock, logger, udpEngine: engine }: { clock: Clock; logger: Logger; udpEngine: UdpOptions['engine'] },
): Promise<void> {
  const transports = new Transports({ receiver: NOBODY, clock, counters: new Counters(), logger, udp: { engine } });
  try {
    await transports.listen(addresses.map(({ transport, host, port }) => ({ protocol: transport, address: host, port })));
  } catch (thrown) {
    throw namingOption(thrown);
  } finally {
    await transports.close();
  }
}

/** A failure to listen, with the option that cures it; any other failure as it is. */
export function namingOption(thrown: unknown): unknown {
  if (!(thrown instanceof AppError) || !thrown.code.startsWith('listen.')) return thrown;
  return new AppError(thrown.code, `${thrown.message}; ${CURE[thrown.code] ?? 'see sip.listen'}`, { cause: thrown });
}
