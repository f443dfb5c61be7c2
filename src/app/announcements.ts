import { isIP, isIPv6 } from 'node:net';
import type { Clock } from '../base/clock.ts';
import type { Counters } from '../base/counters.ts';
import { PACKAGED_ANNOUNCEMENT } from '../config/media.ts';
import type { Config } from '../config/schema.ts';
import { RtpAnnouncer } from '../media/rtp-announcer.ts';
import { loadSound } from '../media/sound.ts';
import { rtpSockets } from '../media/udp-rtp-socket.ts';
import type { NextHopPolicy } from '../sip/resolve/next-hop-policy.ts';
import { reachableAddress } from './reachable-address.ts';

export interface AnnouncementsParts {
  readonly config: Config;
  readonly clock: Clock;
  readonly counters: Counters;
  /** What is no next hop for SIP gets no audio either: an answer can name any address. */
  readonly policy: Pick<NextHopPolicy, 'refusal'>;
}

/**
 * The announcer of a SIP process. It takes a port for each announcement, none while there is none.
 *
 * @throws AppError `media.sound`
 */
export async function createAnnouncer({ config, clock, counters, policy }: AnnouncementsParts): Promise<RtpAnnouncer> {
  const { media } = config;
  const address = mediaAddress(config);
  return new RtpAnnouncer({
    clock,
    counters,
    sound: await loadSound(media.announcement ?? PACKAGED_ANNOUNCEMENT, { times: media.repeat, pauseMs: media.pauseMs }),
    address,
    // All addresses: the one that phones know may belong to a router before us.
    openSocket: rtpSockets({ bindAddress: isIPv6(address) ? '::' : '0.0.0.0', portMin: media.portMin, portMax: media.portMax, counters }),
    maxSessions: media.maxSessions,
    refusal: (host, port) => policy.refusal(host, port),
  });
}

/** The address that offers name: as configured, else what stands for us in SIP, else one that this machine has. */
export function mediaAddress({ media, sip }: Pick<Config, 'media' | 'sip'>, ownAddress: () => string = reachableAddress): string {
  if (media.address !== undefined) return media.address;
  if (sip.advertise !== undefined && isIP(sip.advertise) !== 0) return sip.advertise;
  // Who listens on one address only has chosen the network that his phones are in.
  const hosts = new Set(sip.listen.map(({ host }) => host));
  const [only] = hosts;
  return hosts.size === 1 && only !== undefined && !/^(?:0\.0\.0\.0|[0:]+)$/.test(only) ? only : ownAddress();
}
