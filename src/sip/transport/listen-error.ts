import { AppError, errorText } from '../../base/errors.ts';
import { familyOf, type Protocol } from './transport.ts';

/** `udp:192.0.2.1:5060`, `tcp:[2001:db8::1]:5060`: how sockets are named in messages and logs. */
export function socketName(protocol: Protocol, address: string, port: number): string {
  return familyOf(address) === 6 ? `${protocol}:[${address}]:${port}` : `${protocol}:${address}:${port}`;
}

/** The error of a failed bind as one line for the operator. */
export function listenError(protocol: Protocol, address: string, port: number, cause: unknown): AppError {
  const name = socketName(protocol, address, port);
  const code = errorCode(cause);
  if (code === 'EADDRINUSE') {
    return new AppError('listen.in-use', `Cannot listen on ${name}: another program uses this port`, { cause });
  }
  if (code === 'EACCES') {
    return new AppError('listen.failed', `Cannot listen on ${name}: this user may not open this port`, { cause });
  }
  if (code === 'EADDRNOTAVAIL') {
    return new AppError('listen.failed', `Cannot listen on ${name}: this machine does not have this address`, { cause });
  }
  return new AppError('listen.failed', `Cannot listen on ${name}: ${errorText(cause)}`, { cause });
}

/** The system's name of an error, such as `ECONNREFUSED`; `EIO` for one without a name. */
export function errorCode(thrown: unknown): string {
  if (thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string') return thrown.code;
  return 'EIO';
}
