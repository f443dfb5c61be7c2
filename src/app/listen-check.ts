/** What an operator is told when SIP cannot listen, and that he is told early. */
import { Counters } from '../base/counters.ts';
import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { ListenAddress } from '../config/notations.ts';
import type { TransportReceiver } from '../sip/transport/transport.ts';
import { Transports } from '../sip/transport/transports.ts';

const NOBODY: TransportReceiver = {
  onMessage() {},
  onBatchEnd() {},
  onFramingError() {},
  onKeepalive() {},
  onConnectionClosed() {},
  onSendError() {},
};

/**
 * Tries the addresses of SIP before anything slow is started. The usual reason for a taken one is a
 * second `sipweet start`, which would otherwise first wait for the data folder of the first.
 *
 * @throws AppError `listen.in-use`, `listen.failed`, naming the address and the option
 */
export async function checkListenAddresses(addresses: readonly ListenAddress[], { clock, logger }: { clock: Clock; logger: Logger }): Promise<void> {
  const transports = new Transports({ receiver: NOBODY, clock, counters: new Counters(), logger });
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
  const help = 'end that program, or name other addresses in sip.listen (--set sip.listen=udp:0.0.0.0:5070,tcp:0.0.0.0:5070)';
  return new AppError(thrown.code, `${thrown.message}; ${thrown.code === 'listen.in-use' ? help : 'see sip.listen'}`, { cause: thrown });
}
