/** RFC 3403 §4.1. */
export interface NaptrRecord {
  readonly order: number;
  readonly preference: number;
  readonly flags: string;
  readonly service: string;
  readonly replacement: string;
}

/** RFC 2782. */
export interface SrvRecord {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  /** `.` says that the service is decidedly not there. */
  readonly target: string;
}

export interface DnsAnswer<T> {
  /** Empty when there is no such name or it has no such records. */
  readonly records: readonly T[];
  /** How long the answer holds, undefined when the source does not tell. */
  readonly ttlSeconds: number | undefined;
}

/** The questions of RFC 3263. Each rejects when no server could answer it, and takes a bounded time. */
export interface DnsLookup {
  naptr(name: string): Promise<DnsAnswer<NaptrRecord>>;
  srv(name: string): Promise<DnsAnswer<SrvRecord>>;
  /** A records for family 4, AAAA for 6. */
  addresses(name: string, family: 4 | 6): Promise<DnsAnswer<string>>;
}
