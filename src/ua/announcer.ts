/** Speaks into a call that the service makes: its side of the audio (RFC 3264, RFC 3550, RFC 3551). */
export interface Announcer {
  /** Opens an RTP socket for one call; rejects when there is none to have. */
  open(): Promise<AnnouncementSession>;
}

export interface AnnouncementSession {
  /** Session description of an offer: one audio stream, PCMU and PCMA; what comes in is not listened to. */
  readonly offer: string;
  /**
   * Sends the announcement to where the answer says. Resolves when all of it was sent, or when `close` was
   * called; rejects when the answer has no audio that we can send.
   */
  play(answer: string): Promise<void>;
  /** Stops sending and lets go of the socket. */
  close(): void;
}
