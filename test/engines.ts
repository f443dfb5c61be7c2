/**
 * What runs the script and what moves the datagrams in tests that are not about that: what the service takes by itself,
 * or what `npm test -- --engine interpreter --udp dgram` wants. That travels in the service's own variables.
 */
import type { UdpOptions } from '../src/sip/transport/udp-socket.ts';
import type { EngineKind } from '../src/script/vm/lua-engine.ts';

export const ENGINE_VARIABLE = 'SIPWEET_SCRIPT_ENGINE';
export const UDP_ENGINE_VARIABLE = 'SIPWEET_SIP_UDP_ENGINE';

const { [ENGINE_VARIABLE]: script, [UDP_ENGINE_VARIABLE]: udp } = process.env;

export const ENGINE = (script ?? 'compiled') as EngineKind;
export const UDP_ENGINE = (udp ?? 'auto') as UdpOptions['engine'];

/** For a node in the process of the test, as `--set` takes them. */
export const ENGINE_OPTIONS: readonly string[] = [`script.engine=${ENGINE}`, `sip.udpEngine=${UDP_ENGINE}`];

/** For a process of the service. */
export const ENGINE_ENVIRONMENT: Readonly<Record<string, string>> = {
  ...(script === undefined ? {} : { [ENGINE_VARIABLE]: script }),
  ...(udp === undefined ? {} : { [UDP_ENGINE_VARIABLE]: udp }),
};
